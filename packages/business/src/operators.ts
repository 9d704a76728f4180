import { AppError, roleMay } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'

/** Owners of the workspace that was made with the installation run it. */
export async function isOperator({ platform, caller }: Pick<Context, 'platform' | 'caller'>): Promise<boolean> {
  if (!roleMay(caller.role, 'administer')) return false
  return (await persistence.findFirstWorkspace(platform.database.db)) === caller.workspaceId
}

/**
 * For what touches all workspaces; `what` begins the refusal: "How workspaces share the workers".
 * @throws AppError FORBIDDEN
 */
export async function requireOperator(ctx: Pick<Context, 'platform' | 'caller'>, what: string): Promise<void> {
  requireRight(ctx.caller, 'administer')
  if (await isOperator(ctx)) return
  throw new AppError('FORBIDDEN', `${what} is for owners of the first workspace of this installation; ask one of them.`)
}
