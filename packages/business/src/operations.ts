import type { OperationsReport } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'

/**
 * What waits, what runs, how it has gone lately, and what workers to add. Counts are over the whole installation; jobs are
 * named of the caller's workspace only.
 */
export async function operationsReport({ platform, caller }: Context): Promise<OperationsReport> {
  requireRight(caller, 'administer')
  const { db } = platform.database
  const [{ at, queue, ended, minutes, capacity }, workers, here] = await Promise.all([
    platform.operations.read(),
    persistence.listWorkers(db, caller.workspaceId),
    persistence.countJobs(db, caller.workspaceId),
  ])
  return { at: at.toISOString(), queue, ended, minutes, capacity, workers, here }
}
