import type { ApiKeyId, UserId, WorkspaceId } from './ids.ts'
import type { Role } from './workspace.ts'

/** Who is asking, and where they may go. */
export interface Account {
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string }
  /** The workspace of this request. */
  readonly workspaceId: WorkspaceId
  readonly role: Role
  /** An owner of the first workspace, who runs the installation: shares of workspaces, views as a whole. */
  readonly isOperator: boolean
  readonly workspaces: readonly { readonly id: WorkspaceId; readonly name: string; readonly role: Role }[]
}

export interface ApiKeyRecord {
  readonly id: ApiKeyId
  readonly name: string
  /** The first characters, to tell keys apart. The rest is shown once, when it is made. */
  readonly prefix: string
  readonly role: Role
  readonly createdAt: string
  readonly lastUsedAt: string | null
}
