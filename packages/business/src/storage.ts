import type { StoreReport, StoreSweep } from '@bellhop/model'
import { findStoreReport } from '@bellhop/persistence'
import { latestSweep } from './bucket-sweep.ts'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { examineNow } from './store-examination.ts'

/** What is known of the store without asking it. */
export async function storeReport({
  platform,
  caller,
}: Context): Promise<{ report: StoreReport | null; sweep: StoreSweep | null }> {
  requireRight(caller, 'administer')
  const [report, sweep] = await Promise.all([
    findStoreReport(platform.database.db, platform.settings.objectStore),
    latestSweep(platform),
  ])
  // The walk is through the whole bucket; keys of other workspaces' objects name those workspaces.
  const own = (key: string) => key.startsWith(`workspaces/${caller.workspaceId}/`)
  return { report: report ?? null, sweep: sweep && { ...sweep, unknownKeys: sweep.unknownKeys.filter(own) } }
}

/** Runs the doctor: a second or so, a minute at most. */
export async function examineStore({ platform, caller }: Context): Promise<StoreReport> {
  requireRight(caller, 'administer')
  return examineNow(platform)
}
