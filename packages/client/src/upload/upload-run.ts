import type { CompletedUpload, SignedRequest, UploadId } from '@bellhop/model'
import { partLength } from '@bellhop/model'
import type { BackOff } from '../back-off.ts'
import { BUSY_BACK_OFF, TRANSFER_BACK_OFF, backOffMs, wait } from '../back-off.ts'
import { BellhopError, abortError } from '../bellhop-error.ts'
import type { Platform } from '../platform/platform.ts'
import { completeFailureOf, missingOf, sourceError } from './failures.ts'
import { stepUpload } from './machine.ts'
import { putOutcome } from './put-outcome.ts'
import type { PreparedPart, UploadSource } from './source.ts'
import type { ProgressMeter } from './transfer-progress.ts'
import type { UploadPort } from './upload-port.ts'
import type { UploadEffect, UploadEvent, UploadState } from './upload-state.ts'
import { isUploadEnded, uploadStateOf } from './upload-state.ts'
import { watchStall } from './stall.ts'

export interface UploadWork {
  readonly uploadId: UploadId
  readonly mode: 'single' | 'multipart'
  readonly sizeBytes: number
  readonly partSizeBytes: number
  readonly partCount: number
  readonly arrived: ReadonlySet<number>
  /** A single PUT is hashed before it is announced, and its first key comes with the plan. */
  readonly ready?: { readonly part: PreparedPart; readonly put: SignedRequest }
}

export interface UploadTools {
  readonly port: UploadPort
  readonly source: UploadSource
  readonly platform: Pick<Platform, 'putPart' | 'connections' | 'partsAtOnce'>
  readonly meter: ProgressMeter
  readonly signal: AbortSignal
  /** A request that moves no byte for that long is given up and tried again. Default 30 s. */
  readonly stallMs?: number
}

/** Parts read, hashed and keyed ahead of those that are being sent. */
const AHEAD = 2
/** Parts held in memory add up to that at the most, or to one part where that alone is larger. */
const BUFFER_BYTES = 128 * 1024 * 1024
const STALL_MS = 30_000
/** A key is not used in its last moments: the store judges when the request arrives. */
const KEY_MARGIN_MS = 5_000
const ABORT_ATTEMPTS = 3

/** Performs what the machine asks for, until the upload is done, failed or aborted. Leaves nothing running. */
export class UploadRun {
  readonly #work: UploadWork
  readonly #tools: UploadTools
  readonly #stop = new AbortController()
  readonly #parts = new Map<number, PreparedPart>()
  readonly #keys = new Map<number, { readonly request: SignedRequest; readonly deadlineMs: number }>()
  readonly #running = new Set<Promise<void>>()
  readonly #ended = Promise.withResolvers<void>()
  #state: UploadState
  #completed: CompletedUpload | null = null
  #abortStatus: string | null = null

  constructor(work: UploadWork, tools: UploadTools) {
    this.#work = work
    this.#tools = tools
    const { partsAtOnce } = tools.platform
    const held = tools.source.buffered(work.partSizeBytes)
      ? Math.max(1, Math.floor(BUFFER_BYTES / Math.max(1, work.partSizeBytes)))
      : Number.POSITIVE_INFINITY
    const window = Math.min(partsAtOnce + AHEAD, held)
    this.#state = uploadStateOf({
      partCount: work.partCount,
      arrived: work.arrived,
      pool: Math.min(partsAtOnce, window),
      window,
    })
    if (work.ready) this.#keep(1, work.ready.put)
  }

  async run(): Promise<CompletedUpload> {
    const { signal } = this.#tools
    const onAbort = () => this.#dispatch({ type: 'cancelled', error: abortError(signal) })
    signal.addEventListener('abort', onAbort, { once: true })
    this.#dispatch(signal.aborted ? { type: 'cancelled', error: abortError(signal) } : { type: 'started' })
    try {
      await this.#ended.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#stop.abort()
      await Promise.allSettled(this.#running)
      for (const number of this.#parts.keys()) this.#release(number)
    }
    if (this.#completed) return this.#completed
    const error = this.#state.error ?? new BellhopError('INTERNAL')
    throw error.with({ uploadId: this.#work.uploadId, ...(this.#abortStatus ? { status: this.#abortStatus } : {}) })
  }

  #dispatch(event: UploadEvent): void {
    const { state, effects } = stepUpload(this.#state, event)
    this.#state = state
    if (state.phase === 'completing') this.#tools.meter.enter('verifying')
    for (const effect of effects) this.#perform(effect)
    if (isUploadEnded(state)) this.#ended.resolve()
  }

  #perform(effect: UploadEffect): void {
    switch (effect.type) {
      case 'prepare':
        return this.#go(this.#prepare(effect.number))
      case 'sign':
        return this.#go(this.#sign(effect.numbers))
      case 'send':
        return this.#go(this.#send(effect.number))
      case 'release':
        return this.#release(effect.number)
      case 'restPart':
        return this.#rest(TRANSFER_BACK_OFF, effect.failures, effect.atLeastMs, {
          type: 'partRested',
          number: effect.number,
        })
      case 'restSign':
        return this.#rest(TRANSFER_BACK_OFF, effect.failures, 0, { type: 'signRested' })
      case 'restComplete':
        return this.#rest(effect.busy ? BUSY_BACK_OFF : TRANSFER_BACK_OFF, effect.failures, 0, {
          type: 'completeRested',
        })
      case 'complete':
        return this.#go(this.#complete())
      case 'stop':
        return this.#stop.abort()
      case 'abort':
        return this.#go(this.#abort())
    }
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

  #rest(series: BackOff, failures: number, atLeastMs: number, then: UploadEvent): void {
    const ms = Math.max(atLeastMs, backOffMs(series, failures, Math.random()))
    this.#go(wait(ms, this.#stop.signal).then(() => this.#dispatch(then)))
  }

  async #prepare(number: number): Promise<void> {
    const { ready, sizeBytes, partSizeBytes } = this.#work
    try {
      const first = !this.#parts.has(number)
      this.#release(number)
      const part =
        ready && first && this.#keys.has(number)
          ? ready.part
          : await this.#tools.source.prepare(
              {
                number,
                offset: (number - 1) * partSizeBytes,
                sizeBytes: partLength(number, sizeBytes, partSizeBytes),
              },
              this.#stop.signal,
            )
      if (this.#stop.signal.aborted) return part.release()
      this.#parts.set(number, part)
    } catch (cause) {
      if (this.#stop.signal.aborted) return
      return this.#dispatch({ type: 'sourceFailed', error: sourceError(cause) })
    }
    this.#dispatch({ type: 'prepared', number })
  }

  async #sign(numbers: readonly number[]): Promise<void> {
    const { uploadId, mode } = this.#work
    const { port } = this.#tools
    try {
      if (mode === 'single') {
        if (!this.#keys.has(1)) {
          const sha256 = this.#parts.get(1)?.sha256
          const plan = await port.renew({ uploadId, ...(sha256 ? { sha256 } : {}) }, this.#stop.signal)
          if (plan.mode === 'single') this.#keep(1, plan.put)
        }
      } else {
        const parts = numbers.map((number) => {
          const sha256 = this.#parts.get(number)?.sha256
          return sha256 ? { number, sha256 } : { number }
        })
        for (const signed of await port.signParts({ uploadId, parts }, this.#stop.signal)) {
          this.#keep(signed.number, signed.request)
        }
      }
    } catch (error) {
      if (!(error instanceof BellhopError)) throw error
      return this.#dispatch({ type: 'signFailed', numbers, transient: error.retryable, error })
    }
    this.#dispatch({ type: 'signed', numbers })
  }

  async #send(number: number): Promise<void> {
    const { platform, meter, source } = this.#tools
    using _slot = await platform.connections.take(this.#stop.signal)
    const key = this.#keys.get(number)
    const part = this.#parts.get(number)
    if (!part || !key || key.deadlineMs <= performance.now()) {
      this.#keys.delete(number)
      const error = new BellhopError('STORE_REFUSED', 'The keys of this upload expire before they can be used.')
      return this.#dispatch({ type: 'sendFailed', number, failure: 'expired', error })
    }
    try {
      await part.check()
    } catch (cause) {
      return this.#dispatch({ type: 'sourceFailed', error: sourceError(cause) })
    }
    const sizeBytes = partLength(number, this.#work.sizeBytes, this.#work.partSizeBytes)
    const stall = watchStall(this.#tools.stallMs ?? STALL_MS, this.#stop.signal)
    try {
      const answer = await platform.putPart({
        url: key.request.url,
        headers: key.request.headers,
        content: part.content,
        sizeBytes,
        askFirst: (this.#state.active.get(number)?.failures ?? 0) > 0,
        signal: stall.signal,
        onSent: (sentBytes) => {
          stall.moved()
          meter.sending(number, sentBytes)
        },
      })
      const outcome = putOutcome(answer, this.#work.mode)
      if (outcome.type === 'sent') {
        this.#keys.delete(number)
        meter.arrived(number, sizeBytes)
        return this.#dispatch({ type: 'sent', number })
      }
      if (outcome.failure !== 'transient') this.#keys.delete(number)
      meter.lost(number)
      const { failure, error, atLeastMs } = outcome
      this.#dispatch({ type: 'sendFailed', number, failure, error, atLeastMs })
    } catch (cause) {
      if (this.#stop.signal.aborted) return
      meter.lost(number)
      if (cause instanceof BellhopError && cause.code.startsWith('SOURCE_')) {
        return this.#dispatch({ type: 'sourceFailed', error: cause })
      }
      const what = stall.stalled ? 'no byte moved for too long' : 'the connection broke'
      const error = new BellhopError('NETWORK', `The bytes of ${source.name} could not be sent: ${what}.`, { cause })
      this.#dispatch({ type: 'sendFailed', number, failure: 'transient', error })
    } finally {
      stall.end()
    }
  }

  async #complete(): Promise<void> {
    const { port, meter } = this.#tools
    let completed: CompletedUpload
    try {
      completed = await port.complete({ uploadId: this.#work.uploadId }, this.#stop.signal)
    } catch (error) {
      if (!(error instanceof BellhopError)) throw error
      if (this.#stop.signal.aborted) return
      const missing = missingOf(error)
      for (const number of missing) {
        meter.missing(partLength(number, this.#work.sizeBytes, this.#work.partSizeBytes))
      }
      return this.#dispatch({ type: 'completeFailed', failure: completeFailureOf(error), missing, error })
    }
    this.#dispatch({ type: 'completed' })
    if (this.#state.phase !== 'done') return
    this.#completed = completed
    meter.enter('done')
  }

  /** Best effort: what cannot be aborted now, the server sweeps later. */
  async #abort(): Promise<void> {
    for (let attempt = 1; attempt <= ABORT_ATTEMPTS; attempt += 1) {
      try {
        this.#abortStatus = (await this.#tools.port.abort({ uploadId: this.#work.uploadId })).status
        break
      } catch (error) {
        if (!(error instanceof BellhopError) || !error.retryable) break
        if (attempt < ABORT_ATTEMPTS) await wait(backOffMs(TRANSFER_BACK_OFF, attempt, Math.random()))
      }
    }
    this.#dispatch({ type: 'aborted' })
  }

  #keep(number: number, request: SignedRequest): void {
    const marginMs = Math.min(KEY_MARGIN_MS, request.expiresInMs / 10)
    this.#keys.set(number, { request, deadlineMs: performance.now() + request.expiresInMs - marginMs })
  }

  #release(number: number): void {
    this.#parts.get(number)?.release()
    this.#parts.delete(number)
  }
}
