import { AppError, roleMay } from '@bellhop/model'
import type { ApiKeyId, Right, Role, UserId, WorkspaceId } from '@bellhop/model'
import type { JobHub } from './job-hub.ts'
import type { Platform } from './platform.ts'
import type { ViewHub } from './view-hub.ts'

/** Who asks, already proved, and the one workspace that this request may touch. */
export interface Caller {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly role: Role
  readonly apiKeyId: ApiKeyId | null
  /** For the ledger of keys. */
  readonly address: string | null
}

/** What a use case is given first. */
export interface Context {
  readonly platform: Platform
  readonly caller: Caller
  readonly jobHub: JobHub
  readonly viewHub: ViewHub
}

/** @throws AppError FORBIDDEN, with what to do */
export function requireRight(caller: Caller, right: Right): void {
  if (roleMay(caller.role, right)) return
  throw new AppError('FORBIDDEN', `A ${caller.role} of this workspace may not ${right}; ask an owner for another role.`)
}
