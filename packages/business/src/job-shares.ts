import { AppError } from '@bellhop/model'
import type { JobShare, Page, WorkspaceId, WorkspaceShare } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { z } from 'zod'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { requireOperator } from './operators.ts'

const SHARES = 'How workspaces share the workers'

/** What the caller's workspace has of the workers. */
export async function getJobShare({ platform, caller }: Context): Promise<JobShare> {
  requireRight(caller, 'read')
  return known(await persistence.findJobShare(platform.database.db, caller.workspaceId))
}

/**
 * An owner bounds what the own workspace runs at once. Only whoever runs the installation raises it again: what was given
 * up has gone to others. @throws AppError FORBIDDEN when it would be raised
 */
export async function lowerJobLimit(ctx: Context, { maxRunningJobs }: { maxRunningJobs: number }): Promise<JobShare> {
  const { platform, caller } = ctx
  requireRight(caller, 'administer')
  const lowered = await persistence.lowerJobLimit(platform.database.db, caller.workspaceId, maxRunningJobs)
  if (lowered) return lowered
  const { maxRunningJobs: now } = await getJobShare(ctx)
  throw new AppError(
    'FORBIDDEN',
    `This workspace may run ${now === 1 ? 'one job' : `${now} jobs`} at once, and its owners may lower that only; ask whoever runs this Bellhop to raise it.`,
  )
}

const position = z.object({ id: z.custom<WorkspaceId>((id) => typeof id === 'string') })

/** All workspaces with their shares, for operators. */
export async function listJobShares(
  ctx: Context,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<WorkspaceShare>> {
  await requireOperator(ctx, SHARES)
  const after = decodeCursor(position, cursor)?.id
  const found = await persistence.listJobShares(ctx.platform.database.db, { after, limit: limit + 1 })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last ? encodeCursor({ id: last.id }) : null }
}

/** What is not given stays. The weight holds for what is submitted, and the bound for what starts, from then on. */
export async function setJobShare(
  ctx: Context,
  { workspaceId, weight, maxRunningJobs }: SetJobShare,
): Promise<JobShare> {
  await requireOperator(ctx, SHARES)
  return known(await persistence.setJobShare(ctx.platform.database.db, workspaceId, { weight, maxRunningJobs }))
}

export interface SetJobShare {
  readonly workspaceId: WorkspaceId
  readonly weight?: number | undefined
  /** Null takes the bound away. */
  readonly maxRunningJobs?: number | null | undefined
}

function known<T>(share: T | undefined): T {
  if (!share) throw new AppError('WORKSPACE_NOT_FOUND')
  return share
}
