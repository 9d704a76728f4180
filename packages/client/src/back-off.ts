import { abortError } from './bellhop-error.ts'

/** A named series of waits. `attempts` bounds the tries in all, the first one included. */
export interface BackOff {
  readonly attempts: number
  readonly firstMs: number
  readonly capMs: number
}

/** Calls to the server: waits of up to 200, 400, 800, … ms. */
export const CALL_BACK_OFF = { firstMs: 200, capMs: 5_000 } as const
/** One part, a batch of keys, completing over a broken line, a download between two bytes: up to 0.4, 0.8, … 8 s. */
export const TRANSFER_BACK_OFF: BackOff = { attempts: 8, firstMs: 400, capMs: 8_000 }
/** Another caller completes the upload right now: up to 0.25, 0.5, … 5 s, for as long as an upload has patience. */
export const BUSY_BACK_OFF = { firstMs: 250, capMs: 5_000 } as const
/** How long a part, or a call, of an upload may fail without a success between: a store or a server may be away that long. */
export const PATIENCE_MS = 600_000
/** … while nothing speaks for a server at that address: it is more likely misspelt than restarting, which takes seconds. */
export const FIRST_ANSWER_MS = 8_000
/** A subscription that ended before its time; the count starts again with each event. */
export const SUBSCRIPTION_BACK_OFF: BackOff = { attempts: 12, firstMs: 250, capMs: 10_000 }

/**
 * Full jitter: anywhere from 0 to the bound, so that clients that failed together do not come back together.
 * `failures` counts from 1; `random` is from [0, 1).
 */
export function backOffMs(series: Pick<BackOff, 'firstMs' | 'capMs'>, failures: number, random: number): number {
  return Math.round(random * Math.min(series.capMs, series.firstMs * 2 ** Math.min(failures - 1, 30)))
}

/** Rejects with ABORTED when the signal fires first. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal))
    const onAbort = () => {
      clearTimeout(timer)
      reject(abortError(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
