import { AppError, isId } from '@bellhop/model'
import type { Account, ApiKeyId, ApiKeyRecord, Role, UserId, WorkspaceId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Caller, Context } from './caller.ts'
import { isOperator } from './operators.ts'
import type { Platform } from './platform.ts'

const FIRST_OWNER = { name: 'Owner', email: 'owner@bellhop.local' }
const FIRST_WORKSPACE = 'Home'

/** What a request shows of its sender. With an API key no cookie is looked at. */
export interface Credentials {
  readonly apiKey: string | null
  /** Holds the session cookie. */
  readonly headers: Headers
  /** Which workspace a session is to act in; a key has its own. */
  readonly workspaceId: string | null
  readonly address: string | null
}

/** Who it is and in which workspace. @throws AppError UNAUTHENTICATED, WORKSPACE_NOT_FOUND */
export async function identifyCaller(platform: Platform, credentials: Credentials): Promise<Caller> {
  const { apiKey, headers, workspaceId, address } = credentials
  const shown = apiKey === null ? [headers.get('cookie'), workspaceId] : [apiKey]
  const caller = await platform.callers.get(shown, () => proveCaller(platform, credentials))
  return { ...caller, address }
}

async function proveCaller(platform: Platform, credentials: Credentials): Promise<Omit<Caller, 'address'>> {
  const { db } = platform.database
  const { apiKey } = credentials
  if (apiKey !== null) {
    const holder = await persistence.findKeyHolder(db, apiKey)
    if (!holder) {
      throw new AppError(
        'UNAUTHENTICATED',
        'This API key is unknown or was revoked; make a new one in the settings of your workspace.',
      )
    }
    await persistence.touchApiKey(db, holder.apiKeyId)
    return holder
  }
  const userId = await platform.identity.userOf(credentials.headers)
  if (userId === null) throw new AppError('UNAUTHENTICATED')
  const memberships = await persistence.membershipsOf(db, userId)
  const asked = credentials.workspaceId
  const chosen = asked === null ? memberships[0] : memberships.find((membership) => membership.id === asked)
  if (!chosen) throw new AppError('WORKSPACE_NOT_FOUND')
  return { userId, workspaceId: chosen.id, role: chosen.role, apiKeyId: null }
}

export async function getAccount({ platform, caller }: Context): Promise<Account> {
  const { db } = platform.database
  const [user, memberships, operates] = await Promise.all([
    persistence.findUser(db, caller.userId),
    persistence.membershipsOf(db, caller.userId),
    isOperator({ platform, caller }),
  ])
  if (!user) throw new AppError('UNAUTHENTICATED')
  // A key opens its own workspace and tells of no other.
  const workspaces = caller.apiKeyId === null ? memberships : memberships.filter(({ id }) => id === caller.workspaceId)
  return { user, workspaceId: caller.workspaceId, role: caller.role, isOperator: operates, workspaces }
}

/** The caller becomes its owner. */
export async function createWorkspace(
  { platform, caller }: Context,
  { name }: { name: string },
): Promise<{ id: WorkspaceId; name: string }> {
  if (caller.apiKeyId !== null)
    throw new AppError('FORBIDDEN', 'An API key acts in its own workspace only; sign in to make another.')
  const id = await platform.database.db.transaction((tx) => persistence.createWorkspace(tx, name, caller.userId))
  return { id, name }
}

export async function createApiKey(
  ctx: Context,
  { name, role }: { name: string; role: Role },
): Promise<{ key: string; record: ApiKeyRecord }> {
  const { platform, caller } = ctx
  requireRight(caller, 'administer')
  const { workspaceId, userId } = caller
  return persistence.createApiKey(platform.database.db, { workspaceId, userId, role, name })
}

export function listApiKeys({ platform, caller }: Context): Promise<ApiKeyRecord[]> {
  requireRight(caller, 'administer')
  return persistence.listApiKeys(platform.database.db, caller.workspaceId)
}

export async function revokeApiKey({ platform, caller }: Context, { id }: { id: ApiKeyId }): Promise<{ id: ApiKeyId }> {
  requireRight(caller, 'administer')
  if (!isId('apiKey', id) || !(await persistence.revokeApiKey(platform.database.db, caller.workspaceId, id))) {
    throw new AppError('INVALID_INPUT', 'There is no such API key in this workspace, or it was revoked before.')
  }
  platform.callers.clear()
  platform.notifier.callersChanged()
  return { id }
}

export interface FirstOwner {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
  readonly email: string
  /** Only from the call that made the owner. */
  readonly newApiKey: string | null
}

/** On a new database, makes its owner, a workspace and an API key; on any other, finds the first owner. */
export function ensureFirstOwner(platform: Platform): Promise<FirstOwner> {
  // All or nothing: a user without a workspace would keep every later start from making either.
  return platform.database.db.transaction(async (tx) => {
    await persistence.lockFirstOwner(tx)
    const found = await persistence.findFirstOwner(tx)
    if (found) return { ...found, newApiKey: null }
    const userId = await persistence.createUser(tx, FIRST_OWNER)
    const workspaceId = await persistence.createWorkspace(tx, FIRST_WORKSPACE, userId)
    const { key } = await persistence.createApiKey(tx, { workspaceId, userId, role: 'owner', name: 'This machine' })
    return { userId, workspaceId, email: FIRST_OWNER.email, newApiKey: key }
  })
}

/** A key for a machine that lost its own. */
export async function issueApiKeyFor(platform: Platform, owner: FirstOwner): Promise<string> {
  const { key } = await persistence.createApiKey(platform.database.db, {
    workspaceId: owner.workspaceId,
    userId: owner.userId,
    role: 'owner',
    name: 'This machine',
  })
  return key
}

/** A link that signs its bearer in once, within ten minutes. The token is in the fragment, which no server is sent. */
export async function signInLink(platform: Platform, email: string): Promise<string> {
  return `${platform.settings.publicUrl}/enter#t=${await platform.identity.issueSignInToken(email)}`
}
