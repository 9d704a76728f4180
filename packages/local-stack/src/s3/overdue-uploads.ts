import { S3Error } from './errors.ts'
import { isOverdue } from './lifecycle-rule.ts'
import type { Store } from './store.ts'

const ROUND_MS = 3_600_000

/**
 * Aborts the multipart uploads that the lifecycle rules of their buckets give no more time: now, and every hour until it
 * is disposed of, which waits for the abort under way. What could not be aborted is told, and tried again in an hour.
 */
export function abortOverdueUploads(
  store: Store,
  { now, onError }: { now: () => Date; onError: (error: unknown) => void },
): AsyncDisposable {
  const stopping = new AbortController()
  let round: Promise<void> | undefined
  const begin = () => {
    round ??= abortOnce(store, { now: now(), onError, signal: stopping.signal }).finally(() => (round = undefined))
  }
  begin()
  const timer = setInterval(begin, ROUND_MS)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      stopping.abort()
      await round
    },
  }
}

async function abortOnce(
  store: Store,
  { now, onError, signal }: { now: Date; onError: (error: unknown) => void; signal: AbortSignal },
): Promise<void> {
  for (const { info, uploads } of store.list()) {
    for (const upload of uploads.all().filter((each) => isOverdue(info.lifecycle ?? [], each, now))) {
      if (signal.aborted) return
      try {
        await uploads.abort(upload)
      } catch (error) {
        // Its client has ended it meanwhile.
        if (!(error instanceof S3Error && error.code === 'NoSuchUpload')) onError(error)
      }
    }
  }
}
