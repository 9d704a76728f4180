import type { StoreReport, StoreSweep } from '@bellhop/model'
import { findStoreReport, listMissingFiles } from '@bellhop/persistence'
import { latestSweep } from './bucket-sweep.ts'
import { requireRight } from './caller.ts'
import type { Context } from './caller.ts'
import { examineNow } from './store-examination.ts'

const MISSING_NAMED = 20

/** What is known of the store without asking it. */
export async function storeReport({
  platform,
  caller,
}: Context): Promise<{ report: StoreReport | null; sweep: StoreSweep | null }> {
  requireRight(caller, 'administer')
  const { db } = platform.database
  const [report, sweep, missingFiles] = await Promise.all([
    findStoreReport(db, platform.settings.objectStore),
    latestSweep(platform),
    listMissingFiles(db, caller.workspaceId, MISSING_NAMED),
  ])
  // The walk is through the whole bucket; keys of other workspaces' objects name those workspaces.
  const own = (key: string) => key.startsWith(`workspaces/${caller.workspaceId}/`)
  return {
    report: report ?? null,
    sweep: sweep && { ...sweep, unknownKeys: sweep.unknownKeys.filter(own), missingFiles },
  }
}

/** Runs the doctor: a second or so, a minute at most. */
export async function examineStore({ platform, caller }: Context): Promise<StoreReport> {
  requireRight(caller, 'administer')
  return examineNow(platform)
}
