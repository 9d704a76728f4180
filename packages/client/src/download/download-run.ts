import { LIMITS } from '@bellhop/model'
import type { Download, FileDigests } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import type { BellhopErrorCode } from '../bellhop-error.ts'
import type { ReadRange } from '../platform/read-range.ts'
import type { Lanes } from '../upload/lanes.ts'
import { ProgressMeter } from '../upload/transfer-progress.ts'
import type { TransferProgress } from '../upload/transfer-progress.ts'
import type { BegunDownload } from './begun-download.ts'
import { DownloadKeys } from './download-keys.ts'
import type { IssueKey } from './download-keys.ts'
import { ObjectChanged, ObjectIdentity, RangesIgnored } from './object-identity.ts'
import { PartDigests } from './part-digests.ts'
import type { Sha256 } from './part-digests.ts'
import { RangedDownload } from './ranged-download.ts'
import type { DownloadSink } from './sink.ts'
import { SpanFetch } from './span-fetch.ts'
import type { FetchTools, PartCheck } from './span-fetch.ts'

export interface DownloadOptions {
  /** Compare what arrives with what was uploaded, where the server knows that. Default true. */
  readonly verify?: boolean
  /** At most every 100 ms. */
  readonly onProgress?: (progress: TransferProgress) => void
  readonly signal?: AbortSignal
  /** What becomes of a path's `.part` when `signal` fires: nothing is left (default), or the next download goes on. */
  readonly onAbort?: 'discard' | 'keep'
}

export interface DownloadedFile extends Download {
  /** `sha256`: each part is what was uploaded. `size`: nobody hashed it, or it was not to be verified. */
  readonly checked: 'sha256' | 'size'
}

export interface DownloadTools {
  readonly first: Download
  readonly issue: IssueKey
  readonly digests: () => Promise<FileDigests | null>
  readonly openSha256: (() => Sha256) | null
  readonly readRange: ReadRange
  readonly lanes: Lanes
  readonly stallMs?: number
}

/** Of an object whose parts nobody hashed. */
const RANGE_BYTES = LIMITS.singlePutBelowBytes
/** An object that changes again while it is fetched again is somebody else's file. */
const RESTARTS = 2
const STALL_MS = 30_000
const WORTH_KEEPING: ReadonlySet<BellhopErrorCode> = new Set(['TARGET_UNWRITABLE', 'STORE_REFUSED'])

/** Carries an object into a sink, and settles the sink: whole, kept for the next to go on with, or gone. */
export async function runDownload(
  sink: DownloadSink,
  tools: DownloadTools,
  options: DownloadOptions,
): Promise<DownloadedFile> {
  const { signal = new AbortController().signal } = options
  const keys = new DownloadKeys(tools.first, tools.issue)
  let object = tools.first
  let left = sink.kind === 'file' ? sink.left : null
  try {
    for (let restarts = 0; ; restarts += 1) {
      try {
        const checked = await fetchObject({ object, left, sink, keys, tools, options, signal })
        await sink.finish()
        return { ...object, checked }
      } catch (cause) {
        if (!(cause instanceof ObjectChanged)) throw cause
        if (sink.kind === 'stream' || restarts === RESTARTS) {
          throw new BellhopError('SOURCE_CHANGED', `${object.name} changed while it was downloaded.`)
        }
        left = null
        object = await keys.renew()
      }
    }
  } catch (cause) {
    await settle(sink, cause, signal.aborted ? (options.onAbort ?? 'discard') : null)
    throw cause instanceof BellhopError
      ? cause
      : new BellhopError('TARGET_UNWRITABLE', `${object.name} could not be written.`, { cause })
  }
}

interface Fetching {
  readonly object: Download
  readonly left: BegunDownload | null
  readonly sink: DownloadSink
  readonly keys: DownloadKeys
  readonly tools: DownloadTools
  readonly options: DownloadOptions
  readonly signal: AbortSignal
}

async function fetchObject(fetching: Fetching): Promise<DownloadedFile['checked']> {
  const { object, sink, keys, tools, options, signal } = fetching
  const meter = new ProgressMeter(object.sizeBytes, (progress) => options.onProgress?.(progress))
  const check = options.verify === false ? null : await findCheck(object, tools)
  const { readRange, lanes, stallMs = STALL_MS } = tools
  const with_ = (etag: string | null): FetchTools => ({
    keys,
    object: new ObjectIdentity(object, etag),
    readRange,
    lanes,
    check,
    stallMs,
  })
  const rangeBytes = check?.digests.partSizeBytes ?? RANGE_BYTES
  if (sink.kind === 'stream' || object.sizeBytes <= rangeBytes) {
    await inOrder(sink, object, meter, with_(null), signal)
  } else {
    const left = fetching.left?.id === object.id && fetching.left.sizeBytes === object.sizeBytes ? fetching.left : null
    if (!left) await sink.begin(object.sizeBytes)
    const download = new RangedDownload({
      id: object.id,
      sizeBytes: object.sizeBytes,
      rangeBytes,
      arrived: left?.arrived ?? [],
      sink,
      meter,
      tools: with_(left?.etag ?? null),
    })
    try {
      await download.run(signal)
    } catch (cause) {
      if (!(cause instanceof RangesIgnored)) throw cause
      await inOrder(sink, object, meter, with_(null), signal)
    }
  }
  meter.enter('done')
  return check ? 'sha256' : 'size'
}

/** Over one connection, from the start to the end. */
async function inOrder(
  sink: DownloadSink,
  object: Download,
  meter: ProgressMeter,
  tools: FetchTools,
  signal: AbortSignal,
): Promise<void> {
  if (sink.kind === 'file') await sink.begin(object.sizeBytes)
  const target = {
    rewinds: sink.kind === 'file',
    ranged: false,
    write: (chunk: Uint8Array, position: number) =>
      sink.kind === 'file' ? sink.write(chunk, position) : sink.write(chunk),
    onPosition: (position: number) => meter.sending(0, position),
  }
  await new SpanFetch([0, object.sizeBytes], target, tools).run(signal)
}

async function findCheck(object: Download, tools: DownloadTools): Promise<PartCheck | null> {
  const open = tools.openSha256
  if (!open || object.sizeBytes === 0) return null
  const digests = await tools.digests()
  return digests && { digests: new PartDigests(digests, object.sizeBytes), open }
}

/** What another try may end is worth its room on the disk, for the store or the disk may be better by then. */
async function settle(sink: DownloadSink, cause: unknown, onAbort: DownloadOptions['onAbort'] | null): Promise<void> {
  if (sink.kind === 'stream') return sink.discard()
  const mayGoOn = !(cause instanceof BellhopError) || cause.retryable || WORTH_KEEPING.has(cause.code)
  await ((onAbort ?? (mayGoOn ? 'keep' : 'discard')) === 'keep' ? sink.keep() : sink.discard())
}
