import { type Sql } from 'postgres'
import { Alarm } from './alarm.ts'
import { changesAfter, concerns, versionOf, type Change } from './change.ts'
import { listenToChanges } from './change-listener.ts'
import { type AnyView } from './view.ts'

/** A notification that was lost all the same costs at most so long. */
const POLL_MS = 5_000

export interface WatchOptions {
  /** Begin with what changed after this version. Default: from now. */
  readonly after?: number
  /** Leave out changes that are certainly not of this tenant. Without effect on a view without a tenant column. */
  readonly tenant?: string
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal
}

/**
 * What changes in a view, from a version on. All that changed between two turns of the loop comes as one change, so a slow
 * consumer is owed no more than one; changes that are no longer kept (the last 1,000 are) come as one of `many`. Never is
 * one left out. All watchers of one client share a connection that listens; each reads what changed by a query of its own.
 *
 * @throws LiveViewError `view_not_installed`
 */
export async function* watchView(
  sql: Sql,
  view: AnyView,
  { after, tenant, signal }: WatchOptions = {},
): AsyncGenerator<Change, void, undefined> {
  const alarm = new Alarm()
  const ring = () => alarm.ring()
  // first the ear, then the look: what comes between the two is heard
  const stop = listenToChanges(sql, view.name, ring)
  signal?.addEventListener('abort', ring, { once: true })
  try {
    let version = after ?? (await versionOf(sql, view))
    while (!isAborted(signal)) {
      const change = await changesAfter(sql, view, version)
      if (change === undefined) await alarm.sleep(POLL_MS)
      else {
        version = change.version
        if (concerns(view, change, tenant)) yield change
      }
    }
  } finally {
    signal?.removeEventListener('abort', ring)
    await stop()
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
