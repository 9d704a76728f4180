import { MIB } from '@bellhop/model'
import type { CompletedUpload } from '@bellhop/model'
import { BUSY_BACK_OFF, FIRST_ANSWER_MS, PATIENCE_MS, TRANSFER_BACK_OFF, backOffMs, wait } from '../back-off.ts'
import type { BackOff } from '../back-off.ts'
import { BellhopError, abortError } from '../bellhop-error.ts'
import { brokeOff } from '../call-error.ts'
import type { Platform } from '../platform/platform.ts'
import { completeFailureOf, isWorthless, missingOf, retryAfterOf, sourceDiffers, sourceError } from './failures.ts'
import { stepUpload } from './machine.ts'
import { PartStock } from './part-stock.ts'
import { sendPart } from './send-part.ts'
import type { UploadSource } from './source.ts'
import type { ProgressMeter } from './transfer-progress.ts'
import { UploadCalls } from './upload-calls.ts'
import type { BeginUpload } from './upload-calls.ts'
import type { UploadPort } from './upload-port.ts'
import { awaited, isUploadEnded, uploadStateOf } from './upload-state.ts'
import type { SendFailure, UploadEffect, UploadEvent, UploadState } from './upload-state.ts'
import type { UploadWork } from './upload-work.ts'

export interface UploadTools {
  readonly port: UploadPort
  readonly source: UploadSource
  readonly platform: Pick<Platform, 'putPart' | 'lanes'>
  readonly meter: ProgressMeter
  readonly signal: AbortSignal
  /** Called with the first parts when the server does not know of the upload. */
  readonly begin: BeginUpload
  /** How long the store or the server may be away. Default 10 min. */
  readonly patienceMs?: number
  /** A request that moves no byte for that long is given up and tried again. Default 30 s. */
  readonly stallMs?: number
}

/** Parts read, hashed and keyed ahead of those that are being sent. */
const AHEAD = 4
/**
 * Parts held in memory add up to that at the most, or to one part where that alone is larger. Of parts of 8 MiB four are
 * sent while four are made ready: sending more at once was slower on loopback, and took a call for keys per part.
 */
const BUFFER_BYTES = 64 * MIB
/**
 * The key of the first part comes with the plan, and others are hashed while that is under way: the store stands idle until
 * then. Waiting for two was 4 % slower at 100 MiB (median of 11 interleaved rounds on loopback).
 */
const FIRST_KEYS = 1
const STALL_MS = 30_000

/** Performs what the machine asks for, until the upload is done, failed or aborted. Leaves nothing running. */
export class UploadRun {
  readonly #work: UploadWork
  readonly #tools: UploadTools
  readonly #stock: PartStock
  readonly #calls: UploadCalls
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #ended = Promise.withResolvers<void>()
  /** Requests with parts of this upload at once, whatever the lanes allow. */
  readonly #mostLanes: number
  /** What goes over the network from here to the next pause. */
  #leg: AbortController
  #state: UploadState
  #completed: CompletedUpload | null = null
  /** Something took a call and broke off: a server that is restarting, not an address that is none. */
  #serverSeen = false
  #abortStatus: string | null = null

  constructor(work: UploadWork, tools: UploadTools) {
    this.#work = work
    this.#tools = tools
    this.#stock = new PartStock(work, tools.source)
    this.#calls = new UploadCalls(work, tools.port, tools.begin)
    this.#leg = this.#newLeg()
    const { lanes } = tools.platform
    const held = tools.source.buffered(work.partSizeBytes)
      ? Math.max(1, Math.floor(BUFFER_BYTES / Math.max(1, work.partSizeBytes)))
      : Number.POSITIVE_INFINITY
    this.#mostLanes = Math.max(Math.ceil(held / 2), held - AHEAD)
    this.#state = uploadStateOf({
      partCount: work.partCount,
      arrived: new Set(work.arrived.keys()),
      toCompare: [...work.arrived].flatMap(([number, sha256]) => (sha256 === null ? [] : [number])),
      pool: Math.min(lanes.limit, this.#mostLanes),
      ahead: AHEAD,
      window: Math.min(lanes.max + AHEAD, held),
      firstKeys: FIRST_KEYS,
      patienceMs: tools.patienceMs ?? PATIENCE_MS,
    })
  }

  async run(): Promise<CompletedUpload> {
    const { signal, platform } = this.#tools
    const onAbort = () => this.#dispatch({ type: 'cancelled', error: abortError(signal) })
    signal.addEventListener('abort', onAbort, { once: true })
    const offLimit = platform.lanes.onLimit((pool) =>
      this.#dispatch({ type: 'paced', pool: Math.min(pool, this.#mostLanes) }),
    )
    this.#dispatch(signal.aborted ? { type: 'cancelled', error: abortError(signal) } : { type: 'started' })
    try {
      await this.#ended.promise
    } finally {
      offLimit()
      signal.removeEventListener('abort', onAbort)
      this.#stop.abort()
      await Promise.allSettled(this.#running)
      this.#stock.releaseAll()
    }
    if (this.#completed) return this.#completed
    const { uploadId } = this.#calls
    const error = this.#state.error ?? new BellhopError('INTERNAL')
    throw error.with({ ...(uploadId ? { uploadId } : {}), ...(this.#abortStatus ? { status: this.#abortStatus } : {}) })
  }

  /** Frees the connections. Once all parts have arrived nothing is left to pause, and `paused` stays false. */
  pause(): void {
    this.#dispatch({ type: 'paused' })
  }

  unpause(): void {
    this.#dispatch({ type: 'unpaused' })
  }

  get paused(): boolean {
    return this.#state.phase === 'paused'
  }

  #dispatch(event: UploadEvent): void {
    const { state, effects } = stepUpload(this.#state, event)
    this.#state = state
    const { meter } = this.#tools
    if (state.phase === 'completing') meter.enter('verifying')
    meter.waitFor(awaited(state))
    for (const effect of effects) this.#perform(effect)
    if (isUploadEnded(state)) this.#ended.resolve()
  }

  #perform(effect: UploadEffect): void {
    const { signal } = this.#leg
    switch (effect.type) {
      case 'prepare':
        return this.#go(this.#prepare(effect.number))
      case 'compare':
        return this.#go(this.#compare(effect.number))
      case 'sign':
        return this.#go(this.#sign(effect.numbers, signal))
      case 'send':
        return this.#go(this.#send(effect.number, signal))
      case 'release':
        return this.#stock.release(effect.number)
      case 'restPart':
        return this.#rest(TRANSFER_BACK_OFF, effect, signal, { type: 'partRested', number: effect.number })
      case 'restSign':
        return this.#rest(TRANSFER_BACK_OFF, effect, signal, { type: 'signRested' })
      case 'restComplete':
        return this.#rest(effect.busy ? BUSY_BACK_OFF : TRANSFER_BACK_OFF, effect, signal, { type: 'completeRested' })
      case 'complete':
        return this.#go(this.#complete())
      case 'halt':
        this.#leg.abort()
        this.#leg = this.#newLeg()
        return
      case 'stop':
        return this.#stop.abort()
      case 'abort':
        return this.#go(this.#abort())
    }
  }

  #newLeg(): AbortController {
    const leg = new AbortController()
    this.#stop.signal.addEventListener('abort', () => leg.abort(), { signal: leg.signal })
    return leg
  }

  /** What is stopped ends in silence; what breaks unforeseen breaks the upload. */
  #go(task: Promise<void>): void {
    const running = task
      .catch((cause: unknown) => {
        if (this.#stop.signal.aborted) return
        const error =
          cause instanceof BellhopError ? cause : new BellhopError('INTERNAL', 'The upload broke.', { cause })
        this.#dispatch({ type: 'broke', error })
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  #rest(
    series: Pick<BackOff, 'firstMs' | 'capMs'>,
    { failures, atLeastMs = 0 }: { readonly failures: number; readonly atLeastMs?: number },
    leg: AbortSignal,
    then: UploadEvent,
  ): void {
    const ms = Math.max(atLeastMs, backOffMs(series, failures, Math.random()))
    const rested = () => this.#dispatch(then)
    this.#go(wait(ms, leg).then(rested, () => {}))
  }

  async #prepare(number: number): Promise<void> {
    let last = false
    try {
      const part = await this.#stock.prepare(number, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      last = this.#work.partCount === null && part.last === true
    } catch (cause) {
      return this.#sourceFailed(cause)
    }
    if (last) this.#tools.meter.total(this.#stock.streamBytes)
    this.#dispatch({ type: 'prepared', number, last })
  }

  async #compare(number: number): Promise<void> {
    try {
      await this.#stock.compare(number, this.#stop.signal)
    } catch (cause) {
      return this.#sourceFailed(cause)
    }
    this.#dispatch({ type: 'compared', number })
  }

  #sourceFailed(cause: unknown): void {
    if (this.#stop.signal.aborted) return
    const error = sourceError(cause)
    const worthless = isWorthless(error, this.#tools.source)
    this.#dispatch({ type: 'sourceFailed', worthless, error })
  }

  async #sign(numbers: readonly number[], leg: AbortSignal): Promise<void> {
    try {
      await this.#calls.sign(this.#stock.promises(numbers), leg)
    } catch (error) {
      if (leg.aborted) return
      if (!(error instanceof BellhopError)) throw error
      if (error.code === 'PART_CHANGED') return this.#sourceFailed(sourceDiffers(this.#tools.source.name, error))
      this.#serverSeen ||= brokeOff(error)
      const neverHeard = !this.#serverSeen && this.#calls.uploadId === null && error.code === 'NETWORK'
      return this.#dispatch({
        type: 'signFailed',
        numbers,
        transient: error.retryable,
        atMs: performance.now(),
        error,
        atLeastMs: retryAfterOf(error),
        ...(neverHeard ? { patienceMs: FIRST_ANSWER_MS } : {}),
      })
    }
    if (!leg.aborted) this.#dispatch({ type: 'signed', numbers })
  }

  async #send(number: number, leg: AbortSignal): Promise<void> {
    const { platform, meter, source, stallMs = STALL_MS } = this.#tools
    const { keys } = this.#calls
    try {
      using _lane = await platform.lanes.take(this, leg)
      const key = keys.get(number)
      const part = this.#stock.get(number)
      if (!part || !key) return this.#notSent(number, 'late', new BellhopError('STORE_REFUSED'))
      await part.check()
      const outcome = await sendPart(platform, {
        part,
        key,
        mode: this.#work.mode,
        sourceName: source.name,
        askFirst: (this.#state.active.get(number)?.failures ?? 0) > 0,
        stallMs,
        onSent: (sentBytes) => meter.sending(number, sentBytes),
        signal: leg,
      })
      if (leg.aborted) return meter.lost(number)
      if (outcome.type === 'sent') {
        this.#calls.arrived(number, outcome.etag)
        meter.arrived(number, part.sizeBytes)
        return this.#dispatch({ type: 'sent', number })
      }
      meter.lost(number)
      if (outcome.failure !== 'transient') keys.drop(number)
      this.#notSent(number, outcome.failure, outcome.error, outcome.atLeastMs)
    } catch (cause) {
      meter.lost(number)
      if (!leg.aborted) this.#sourceFailed(cause)
    }
  }

  #notSent(number: number, failure: SendFailure, error: BellhopError, atLeastMs = 0): void {
    this.#dispatch({ type: 'sendFailed', number, failure, atMs: performance.now(), error, atLeastMs })
  }

  async #complete(): Promise<void> {
    const { meter } = this.#tools
    let completed: CompletedUpload
    try {
      completed = await this.#calls.complete(this.#stock.streamBytes, this.#stop.signal)
    } catch (error) {
      if (!(error instanceof BellhopError)) throw error
      if (this.#stop.signal.aborted) return
      const missing = missingOf(error)
      for (const number of missing) meter.missing(this.#stock.lengthOf(number))
      const failure = completeFailureOf(error)
      return this.#dispatch({ type: 'completeFailed', failure, missing, atMs: performance.now(), error })
    }
    this.#dispatch({ type: 'completed' })
    if (this.#state.phase !== 'done') return
    this.#completed = completed
    meter.enter('done')
  }

  async #abort(): Promise<void> {
    this.#abortStatus = await this.#calls.abort()
    this.#dispatch({ type: 'aborted' })
  }
}
