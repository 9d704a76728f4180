import type { Download } from '@bellhop/model'
import { TRANSFER_BACK_OFF, backOffMs, wait } from '../back-off.ts'
import { BellhopError, throwIfAborted } from '../bellhop-error.ts'
import { ProgressMeter } from '../upload/transfer-progress.ts'
import type { TransferProgress } from '../upload/transfer-progress.ts'
import { watchStall } from '../upload/stall.ts'
import type { DownloadSink } from './sink.ts'

export interface DownloadOptions {
  /** At most every 100 ms. */
  readonly onProgress?: (progress: TransferProgress) => void
  readonly signal?: AbortSignal
}

interface DownloadTools {
  /** A key for the bytes. Asked again when one has expired. */
  readonly issue: () => Promise<Download>
  readonly fetch: typeof globalThis.fetch
  readonly stallMs?: number
}

/** Keys that one download may use up without a byte between. */
const REISSUES = 5
const STALL_MS = 30_000

/** What one request led to: the end of the object, or a reason to ask again. */
type Outcome = 'whole' | 'expired' | 'restarted'

/** Streams an object into a sink; goes on from where a broken connection left it, as long as the object is the same. */
export async function runDownload(
  sink: DownloadSink,
  tools: DownloadTools,
  options: DownloadOptions,
): Promise<Download> {
  const { signal = new AbortController().signal } = options
  let key = await tools.issue()
  const meter = new ProgressMeter(key.sizeBytes, (progress) => options.onProgress?.(progress))
  const state = { receivedBytes: 0, etag: null as string | null }
  let failures = 0
  let reissues = 0
  let lastReceived = 0
  for (;;) {
    throwIfAborted(signal)
    let outcome: Outcome
    try {
      outcome = await request(key, state, sink, meter, tools, signal)
    } catch (cause) {
      throwIfAborted(signal)
      if (cause instanceof BellhopError && !cause.retryable) throw cause
      if (state.receivedBytes > lastReceived) failures = 0
      failures += 1
      lastReceived = state.receivedBytes
      if (failures >= TRANSFER_BACK_OFF.attempts) throw asNetworkError(cause)
      await wait(backOffMs(TRANSFER_BACK_OFF, failures, Math.random()), signal)
      continue
    }
    if (outcome === 'whole') break
    reissues += 1
    if (reissues > REISSUES) throw new BellhopError('STORE_REFUSED', 'The store refuses the keys of this download.')
    key = await tools.issue()
  }
  if (state.receivedBytes !== key.sizeBytes) {
    throw new BellhopError(
      'SIZE_MISMATCH',
      `${key.name} has ${key.sizeBytes} bytes, but ${state.receivedBytes} arrived.`,
    )
  }
  await sink.finish()
  meter.enter('done')
  return key
}

async function request(
  key: Download,
  state: { receivedBytes: number; etag: string | null },
  sink: DownloadSink,
  meter: ProgressMeter,
  tools: DownloadTools,
  outer: AbortSignal,
): Promise<Outcome> {
  if (state.receivedBytes >= key.sizeBytes && key.sizeBytes > 0) return 'whole'
  const stall = watchStall(tools.stallMs ?? STALL_MS, outer)
  try {
    const resumed = state.receivedBytes > 0
    const headers: Record<string, string> = resumed ? { range: `bytes=${state.receivedBytes}-` } : {}
    if (resumed && state.etag) headers['if-match'] = state.etag
    const response = await tools.fetch(key.url, { headers, signal: stall.signal, credentials: 'omit' })
    if (response.status === 403 || response.status === 401) {
      await response.body?.cancel()
      return 'expired'
    }
    if (response.status === 412 || (resumed && response.status === 200)) {
      await response.body?.cancel()
      if (!(await sink.restart()))
        throw new BellhopError('SOURCE_CHANGED', `${key.name} changed while it was downloaded.`)
      meter.missing(state.receivedBytes)
      state.receivedBytes = 0
      state.etag = null
      return 'restarted'
    }
    if (!response.ok) throw await refusal(key, response)
    state.etag ??= response.headers.get('etag')
    if (!response.body) return 'whole'
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      stall.moved()
      await sink.write(value)
      stall.moved()
      state.receivedBytes += value.length
      meter.arrived(0, value.length)
    }
    if (state.receivedBytes < key.sizeBytes) throw new BellhopError('NETWORK', 'The connection ended early.')
    return 'whole'
  } finally {
    stall.end()
  }
}

async function refusal(key: Download, response: Response): Promise<BellhopError> {
  await response.body?.cancel()
  const { status } = response
  const sentence = `${key.name} could not be read: the object store answered ${status}.`
  return status >= 500 || status === 429 || status === 408
    ? new BellhopError('STORE_UNAVAILABLE', sentence, { status, retryable: true })
    : new BellhopError('STORE_REFUSED', sentence, { status })
}

function asNetworkError(cause: unknown): BellhopError {
  return cause instanceof BellhopError
    ? cause
    : new BellhopError('NETWORK', 'The connection to the object store broke.', { cause })
}
