import type { StoreReport } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import type { Platform, PlatformSettings } from './platform.ts'

/** Stores are given new rules and new versions; a report older than this is not relied on. */
const FRESH_MS = 24 * 3_600_000

/** One at a time in a process: whoever asks meanwhile gets the same report. */
const running = new WeakMap<Platform, Promise<StoreReport>>()

/** Tries the bucket and keeps what was found, from which the binding of keys is chosen. */
export function examineNow(platform: Platform, signal?: AbortSignal): Promise<StoreReport> {
  const begun = running.get(platform)
  if (begun) return begun
  const examination = (async () => {
    const { objectStore, publicUrl } = platform.settings
    const { db } = platform.database
    const before = await persistence.findStoreReport(db, objectStore)
    const report = await persistence.examineStore({
      store: objectStore,
      publicUrl,
      knownBinding: before?.binding,
      signal,
    })
    await persistence.saveStoreReport(db, objectStore, report)
    return report
  })().finally(() => running.delete(platform))
  running.set(platform, examination)
  return examination
}

/** Where there is no database to keep the report in. */
export function examineUnkept(
  { objectStore, publicUrl }: Pick<PlatformSettings, 'objectStore' | 'publicUrl'>,
  signal: AbortSignal,
): Promise<StoreReport> {
  return persistence.examineStore({ store: objectStore, publicUrl, signal })
}

/** Has a worker look soon whether an examination is due. */
export function queueExamination({ database }: Platform): Promise<void> {
  return persistence.queueChore(database.db, 'store:examine', {}, { once: 'store:examine' })
}

/** The worker's, after its start and every ten minutes: examines a store whose report is a day old, or tells too little. */
export async function examineWhenDue(platform: Platform, signal: AbortSignal): Promise<void> {
  const { objectStore } = platform.settings
  const report = await persistence.findStoreReport(platform.database.db, objectStore)
  const { origin: publicEndpoint } = new URL(objectStore.publicEndpoint ?? objectStore.endpoint)
  const isFresh =
    report !== undefined &&
    report.isBindingSeen &&
    report.publicEndpoint === publicEndpoint &&
    Date.now() - Date.parse(report.checkedAt) < FRESH_MS
  if (isFresh) return
  try {
    const { checks } = await examineNow(platform, signal)
    for (const { name, state, found, fix } of checks) {
      if (state === 'red') platform.log.warn(`The object store: ${found} ${fix ?? ''}`, { check: name })
    }
  } catch (error) {
    // Keys are bound as without a report, and the next run tries again.
    if (!signal.aborted) platform.log.warn('The object store could not be examined.', error)
  }
}
