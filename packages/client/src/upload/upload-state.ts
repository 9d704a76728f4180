import type { BellhopError } from '../bellhop-error.ts'

/** The life of one upload after its plan is known. A single PUT is an upload of one part. */
export type UploadPhase = 'sending' | 'completing' | 'aborting' | 'done' | 'failed' | 'aborted'

/**
 * queued → preparing (read, hashed) → prepared → signing → keyed → sending → arrived. `resting` waits between attempts.
 * Queued and arrived parts are counted, not held, so that the state stays small for 10,000 parts.
 */
export type PartStep = 'preparing' | 'prepared' | 'signing' | 'keyed' | 'sending' | 'resting'

export interface ActivePart {
  readonly step: PartStep
  readonly failures: number
  readonly reissues: number
}

export interface UploadShape {
  readonly partCount: number
  /** Parts that the store has already; they are not sent. */
  readonly arrived: ReadonlySet<number>
  /** Requests that carry parts at once. */
  readonly pool: number
  /** Parts between `preparing` and `arrived` at once: what bounds the memory. */
  readonly window: number
}

export interface UploadState {
  readonly phase: UploadPhase
  readonly shape: UploadShape
  /** The lowest part that was never taken up. */
  readonly next: number
  /** Parts that the server found missing. */
  readonly again: readonly number[]
  readonly active: ReadonlyMap<number, ActivePart>
  readonly arrivedCount: number
  readonly signing: 'idle' | 'asked' | 'resting'
  readonly signFailures: number
  readonly completeFailures: number
  readonly missingRounds: number
  /** Why it failed, or is being aborted. */
  readonly error: BellhopError | null
}

export type SendFailure =
  /** The key died in the queue, or the store says 403: ask for another. */
  | 'expired'
  /** Broken line, stall, 5xx, 429: rest, then the same again. */
  | 'transient'
  /** The store read other bytes than were hashed: read and hash again. */
  | 'corrupt'
  | 'refused'
export type CompleteFailure = 'transient' | 'busy' | 'incomplete' | 'refused'

export type UploadEvent =
  | { readonly type: 'started' }
  | { readonly type: 'prepared'; readonly number: number }
  | { readonly type: 'signed'; readonly numbers: readonly number[] }
  | {
      readonly type: 'signFailed'
      readonly numbers: readonly number[]
      readonly transient: boolean
      readonly error: BellhopError
    }
  | { readonly type: 'sent'; readonly number: number }
  | {
      readonly type: 'sendFailed'
      readonly number: number
      readonly failure: SendFailure
      readonly error: BellhopError
      /** What the store asked for with Retry-After. */
      readonly atLeastMs?: number
    }
  | { readonly type: 'partRested'; readonly number: number }
  | { readonly type: 'signRested' }
  | { readonly type: 'completeRested' }
  | { readonly type: 'completed' }
  | {
      readonly type: 'completeFailed'
      readonly failure: CompleteFailure
      readonly missing: readonly number[]
      readonly error: BellhopError
    }
  /** The source changed or cannot be read: what was sent is worth nothing. */
  | { readonly type: 'sourceFailed'; readonly error: BellhopError }
  /** A fault of ours. */
  | { readonly type: 'broke'; readonly error: BellhopError }
  | { readonly type: 'cancelled'; readonly error: BellhopError }
  | { readonly type: 'aborted' }

export type UploadEffect =
  | { readonly type: 'prepare'; readonly number: number }
  | { readonly type: 'sign'; readonly numbers: readonly number[] }
  | { readonly type: 'send'; readonly number: number }
  /** The part's bytes are no longer needed. */
  | { readonly type: 'release'; readonly number: number }
  | { readonly type: 'restPart'; readonly number: number; readonly failures: number; readonly atLeastMs: number }
  | { readonly type: 'restSign'; readonly failures: number }
  | { readonly type: 'restComplete'; readonly failures: number; readonly busy: boolean }
  | { readonly type: 'complete' }
  /** Stop everything in flight. */
  | { readonly type: 'stop' }
  | { readonly type: 'abort' }

export interface UploadStep {
  readonly state: UploadState
  readonly effects: readonly UploadEffect[]
}

export function uploadStateOf(shape: UploadShape): UploadState {
  return {
    phase: 'sending',
    shape,
    next: nextFrom(1, shape),
    again: [],
    active: new Map(),
    arrivedCount: shape.arrived.size,
    signing: 'idle',
    signFailures: 0,
    completeFailures: 0,
    missingRounds: 0,
    error: null,
  }
}

export function isUploadEnded(state: UploadState): boolean {
  return state.phase === 'done' || state.phase === 'failed' || state.phase === 'aborted'
}

/** The first part from `number` on that the store lacks. */
export function nextFrom(number: number, shape: UploadShape): number {
  let next = number
  while (shape.arrived.has(next)) next += 1
  return next
}
