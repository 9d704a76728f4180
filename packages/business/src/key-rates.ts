import { AppError } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { Context } from './caller.ts'

/**
 * Takes keys that are about to be issued from what the person and the workspace may be given in a minute. Before the
 * transaction that issues them, never within it.
 * @throws AppError RATE_LIMITED, with `retryAfterMs`
 */
export async function spendKeys({ platform, caller }: Context, count: number): Promise<void> {
  if (count === 0) return
  const { user, workspace } = platform.settings.keysPerMinute
  // The person first, everywhere: so no two requests wait for each other.
  const refusal = await persistence.spendKeys(platform.database.db, count, [
    { subject: caller.userId, perMinute: user },
    { subject: caller.workspaceId, perMinute: workspace },
  ])
  if (!refusal) return
  const { retryAfterMs } = refusal
  const [who, perMinute] = refusal.subject === caller.userId ? ['You have', user] : ['Your workspace has', workspace]
  throw new AppError(
    'RATE_LIMITED',
    `${who} been given as many keys as there are in a minute, ${perMinute}; go on in ${(retryAfterMs / 1000).toFixed(1)} s.`,
    { details: { retryAfterMs, keysPerMinute: perMinute } },
  )
}
