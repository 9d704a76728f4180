import { MIB } from '@bellhop/model'
import { Arrived } from './arrived.ts'
import type { Span } from './arrived.ts'
import type { ProgressMeter } from '../upload/transfer-progress.ts'
import type { FileSink } from './sink.ts'
import { SpanFetch } from './span-fetch.ts'
import type { FetchTools, PartCheck, SpanTarget } from './span-fetch.ts'

export interface RangedDownloadOptions {
  readonly id: string
  readonly sizeBytes: number
  /** A range is a part where the parts can be checked. */
  readonly rangeBytes: number
  /** What an earlier download left in the sink. */
  readonly arrived: readonly Span[]
  readonly sink: FileSink
  readonly meter: ProgressMeter
  readonly tools: FetchTools
}

/** What is there is noted that long after it came; a kill loses no more than that, and the ranges under way. */
const NOTE_EVERY_MS = 2_000
const READ_BYTES = MIB

/** Fetches what is missing of an object, several ranges at once. A range that breaks is fetched again alone. */
export class RangedDownload {
  readonly #options: RangedDownloadOptions
  readonly #left: Arrived
  readonly #arrived: Arrived
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #firstAnswer = Promise.withResolvers<void>()
  #answered: boolean
  #noting: Promise<void> | undefined
  #noteTimer: ReturnType<typeof setTimeout> | undefined
  #failure: { readonly cause: unknown } | undefined

  constructor(options: RangedDownloadOptions) {
    this.#options = options
    this.#left = new Arrived(options.arrived)
    this.#arrived = new Arrived(options.arrived)
    this.#answered = options.tools.object.etag !== null
  }

  async run(outer: AbortSignal): Promise<void> {
    const { meter, tools } = this.#options
    const signal = AbortSignal.any([outer, this.#stop.signal])
    for (const span of this.#spans()) if (this.#left.holds(span)) meter.skip(span[1] - span[0])
    const spans = this.#spans()
    let next = spans.next()
    while (!this.#failure && (this.#running.size > 0 || !next.done)) {
      // The others wait for the first answer: it says which object they are about.
      const most = this.#answered ? tools.lanes.limit : 1
      while (this.#running.size < most && !next.done) {
        this.#go(this.#fetch(next.value, signal))
        next = spans.next()
      }
      await Promise.race(this.#answered ? this.#running : [...this.#running, this.#firstAnswer.promise])
    }
    clearTimeout(this.#noteTimer)
    await Promise.all([...this.#running, this.#noting])
    if (!this.#failure) return
    if (this.#arrived.sizeBytes > 0) await this.#note().catch(() => {})
    throw this.#failure.cause
  }

  #go(work: Promise<void>): void {
    const running = work.catch((cause: unknown) => this.#fail(cause)).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause }
    this.#stop.abort()
  }

  async #fetch(span: Span, signal: AbortSignal): Promise<void> {
    const { sink, meter, tools } = this.#options
    const [from, to] = span
    if (this.#left.holds(span)) {
      if (!tools.check || (await isWhole(span, sink, tools.check, signal))) return
      meter.missing(to - from)
    }
    const target: SpanTarget = {
      rewinds: true,
      ranged: true,
      write: (chunk, position) => {
        this.#answered = true
        this.#firstAnswer.resolve()
        return sink.write(chunk, position)
      },
      onPosition: (position) => meter.sending(from, position - from),
    }
    await new SpanFetch(span, target, tools).run(signal)
    this.#arrived.add(span)
    meter.arrived(from, to - from)
    this.#noteTimer ??= setTimeout(() => {
      this.#noting = this.#note()
        .catch((cause: unknown) => this.#fail(cause))
        .finally(() => {
          this.#noteTimer = undefined
        })
    }, NOTE_EVERY_MS)
  }

  async #note(): Promise<void> {
    const { id, sizeBytes, sink, tools } = this.#options
    const { etag } = tools.object
    if (etag !== null) await sink.note({ id, etag, sizeBytes, arrived: this.#arrived.spans })
  }

  *#spans(): Generator<Span> {
    const { sizeBytes, rangeBytes } = this.#options
    for (let from = 0; from < sizeBytes; from += rangeBytes) yield [from, Math.min(sizeBytes, from + rangeBytes)]
  }
}

/** Reads what another process wrote. */
async function isWhole([from, to]: Span, sink: FileSink, check: PartCheck, signal: AbortSignal): Promise<boolean> {
  const sha256 = check.open()
  for (let at = from; at < to; at += READ_BYTES) {
    signal.throwIfAborted()
    sha256.update(await sink.read(at, Math.min(READ_BYTES, to - at)))
  }
  return check.digests.fits(check.digests.partAt(from), sha256.digest())
}
