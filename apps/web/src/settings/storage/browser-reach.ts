/**
 * What this browser can tell of the store. `reads`: it answered, and let the page see the answer. `reaches`: it is there,
 * but lets the page see nothing. `mixed`: a page on https may not ask a store on plain http.
 */
export type BrowserReach = 'reads' | 'reaches' | 'unreachable' | 'mixed'

const PATIENCE_MS = 8_000

interface ReachQuestion {
  readonly publicEndpoint: string
  readonly bucket: string
  /** The address of an object with its key; null: the bucket is asked without one, and refuses. */
  readonly keyedUrl: string | null
  readonly signal: AbortSignal
}

/** Asks for one byte as a page would, then, if that fails, only whether anybody is there. */
export async function browserReach({ publicEndpoint, bucket, keyedUrl, signal }: ReachQuestion): Promise<BrowserReach> {
  if (location.protocol === 'https:' && publicEndpoint.startsWith('http:')) return 'mixed'
  const bare = `${publicEndpoint.replace(/\/$/, '')}/${encodeURIComponent(bucket)}`
  if (await answers(keyedUrl ?? bare, { mode: 'cors', headers: { range: 'bytes=0-0' } }, signal)) return 'reads'
  return (await answers(bare, { mode: 'no-cors' }, signal)) ? 'reaches' : 'unreachable'
}

async function answers(url: string, how: RequestInit, signal: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    const answer = await fetch(url, { ...how, cache: 'no-store', credentials: 'omit', signal: patience })
    await answer.body?.cancel()
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}
