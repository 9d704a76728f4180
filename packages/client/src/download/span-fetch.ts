import type { Download } from '@bellhop/model'
import { TRANSFER_BACK_OFF, backOffMs, wait } from '../back-off.ts'
import { BellhopError, throwIfAborted } from '../bellhop-error.ts'
import type { ReadAnswer, ReadRange } from '../platform/read-range.ts'
import type { Lanes } from '../upload/lanes.ts'
import { watchStall } from '../upload/stall.ts'
import type { Span } from './arrived.ts'
import type { DownloadKeys } from './download-keys.ts'
import { ObjectChanged, RangesIgnored } from './object-identity.ts'
import type { ObjectIdentity } from './object-identity.ts'
import type { PartDigests, Sha256 } from './part-digests.ts'

export interface FetchTools {
  readonly keys: DownloadKeys
  readonly object: ObjectIdentity
  readonly readRange: ReadRange
  /** The requests that carry bytes, over all downloads. */
  readonly lanes: Lanes
  readonly check: PartCheck | null
  readonly stallMs: number
}

export interface PartCheck {
  readonly digests: PartDigests
  readonly open: () => Sha256
}

export interface SpanTarget {
  /** Bytes come in order; again from the start of a part that was damaged on its way. */
  write(chunk: Uint8Array, position: number): Promise<void>
  /** False for a stream: what it was given cannot be taken back. */
  readonly rewinds: boolean
  /** The span is one of several: an answer with the whole object is none. */
  readonly ranged: boolean
  onPosition(position: number): void
}

const STALLED = 'No byte moved for too long.'

/** Fetches one span of an object, over as many requests as it takes. Begins at the start of a part. */
export class SpanFetch {
  readonly #span: Span
  readonly #target: SpanTarget
  readonly #tools: FetchTools
  #position: number
  #sha256: Sha256 | undefined
  /** The part that was found damaged before, and is fetched again. */
  #damagedPart = 0

  constructor(span: Span, target: SpanTarget, tools: FetchTools) {
    this.#span = span
    this.#target = target
    this.#tools = tools
    this.#position = span[0]
    this.#sha256 = tools.check?.open()
  }

  /** Throws ObjectChanged, RangesIgnored, CHECKSUM_MISMATCH, and what no retry has helped. */
  async run(signal: AbortSignal): Promise<void> {
    const [, to] = this.#span
    let failures = 0
    let furthest = this.#position
    while (this.#position < to) {
      throwIfAborted(signal)
      try {
        await this.#request(signal)
      } catch (cause) {
        throwIfAborted(signal)
        if (cause instanceof ObjectChanged || cause instanceof RangesIgnored) throw cause
        if (cause instanceof BellhopError && !cause.retryable) throw cause
        failures = this.#position > furthest ? 1 : failures + 1
        furthest = Math.max(furthest, this.#position)
        if (failures >= TRANSFER_BACK_OFF.attempts) throw asNetworkError(cause)
        await wait(backOffMs(TRANSFER_BACK_OFF, failures, Math.random()), signal)
      }
    }
  }

  async #request(outer: AbortSignal): Promise<void> {
    const { keys, object, lanes, readRange, stallMs } = this.#tools
    using _lane = await lanes.take(keys, outer)
    const key = await keys.take()
    const startedAtMs = performance.now()
    const stall = watchStall(stallMs, outer)
    try {
      const answer = await readRange({ url: key.url, headers: this.#headers(), signal: stall.signal })
      try {
        const { status } = answer
        if (status === 403 || status === 401) {
          await answer.cancel()
          return keys.refused(key)
        }
        if (status === 412) throw new ObjectChanged()
        if (status !== 200 && status !== 206) throw this.#refusal(key, status, startedAtMs)
        object.expect(answer)
        if (this.#target.ranged && (status !== 206 || object.etag === null)) throw new RangesIgnored()
        await this.#read(answer, key, stall.moved)
      } catch (cause) {
        await answer.cancel()
        throw cause
      }
    } catch (cause) {
      if (!stall.stalled || outer.aborted) throw cause
      lanes.refused(startedAtMs)
      throw new BellhopError('NETWORK', STALLED, { cause })
    } finally {
      stall.end()
    }
  }

  #headers(): Record<string, string> {
    const [, to] = this.#span
    const { etag } = this.#tools.object
    return {
      // What something between would pack, it would also cut elsewhere.
      'accept-encoding': 'identity',
      ...(this.#target.ranged || this.#position > 0 ? { range: `bytes=${this.#position}-${to - 1}` } : {}),
      ...(etag === null ? {} : { 'if-match': etag }),
    }
  }

  async #read(answer: ReadAnswer, key: Download, moved: () => void): Promise<void> {
    const { keys, object, lanes } = this.#tools
    const [, to] = this.#span
    // A store that ignores ranges sends what is there already, too.
    let known = answer.status === 206 ? 0 : this.#position
    for await (const bytes of answer.body) {
      moved()
      keys.worked()
      lanes.moved(bytes.length)
      const chunk = bytes.subarray(Math.min(known, bytes.length))
      known -= bytes.length - chunk.length
      if (this.#position + chunk.length > to) object.expectSize(this.#position + chunk.length)
      await this.#take(chunk, key)
      moved()
    }
    if (this.#position < to) throw new BellhopError('NETWORK', 'The connection ended early.')
  }

  async #take(chunk: Uint8Array, key: Download): Promise<void> {
    const { check } = this.#tools
    for (let at = 0; at < chunk.length;) {
      const end = check ? check.digests.endOf(check.digests.partAt(this.#position)) : Number.POSITIVE_INFINITY
      const piece = chunk.subarray(at, at + end - this.#position)
      this.#sha256?.update(piece)
      await this.#target.write(piece, this.#position)
      this.#position += piece.length
      at += piece.length
      if (this.#position === end) this.#judge(key)
      this.#target.onPosition(this.#position)
    }
  }

  /** At the end of a part. Throws when its bytes are not those that were uploaded. */
  #judge(key: Download): void {
    const { check } = this.#tools
    if (!check || !this.#sha256) return
    const part = check.digests.partAt(this.#position - 1)
    const fits = check.digests.fits(part, this.#sha256.digest())
    this.#sha256 = check.open()
    if (fits) return
    const from = (part - 1) * check.digests.partSizeBytes
    const which = `Part ${part} of ${key.name} (bytes ${from} to ${this.#position - 1})`
    if (part === this.#damagedPart || !this.#target.rewinds) {
      throw new BellhopError('CHECKSUM_MISMATCH', `${which} is not what was uploaded: it is damaged.`, {
        details: { fileId: key.id, part },
      })
    }
    this.#damagedPart = part
    this.#position = from
    throw new BellhopError('NETWORK', `${which} was damaged on its way.`)
  }

  #refusal({ name }: Download, status: number, startedAtMs: number): BellhopError {
    const sentence = `${name} could not be read: the object store answered ${status}.`
    if (status === 429 || status === 503) this.#tools.lanes.refused(startedAtMs)
    return status >= 500 || status === 429 || status === 408
      ? new BellhopError('STORE_UNAVAILABLE', sentence, { status, retryable: true })
      : new BellhopError('STORE_REFUSED', sentence, { status })
  }
}

function asNetworkError(cause: unknown): BellhopError {
  return cause instanceof BellhopError
    ? cause
    : new BellhopError('NETWORK', 'The connection to the object store broke.', { cause })
}
