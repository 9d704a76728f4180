import type { BellhopError } from '../bellhop-error.ts'
import type { WaitingFor } from './transfer-progress.ts'

/** The life of one upload. A single PUT is an upload of one part. */
export type UploadPhase = 'sending' | 'paused' | 'completing' | 'aborting' | 'done' | 'failed' | 'aborted'

/**
 * queued → preparing (read, hashed) → prepared → signing → keyed → sending → arrived. `resting` waits between attempts.
 * Queued and arrived parts are counted, not held, so that the state stays small for 10,000 parts.
 */
export type PartStep = 'preparing' | 'prepared' | 'signing' | 'keyed' | 'sending' | 'resting'

export interface ActivePart {
  readonly step: PartStep
  readonly failures: number
  /** Of the first failure in a row. */
  readonly failingSinceMs: number | null
  readonly reissues: number
}

export interface UploadShape {
  /** Null: a stream, whose last part tells how many there were. */
  readonly partCount: number | null
  /** Parts that the store has already; they are not sent. */
  readonly arrived: ReadonlySet<number>
  /** Those of them whose promised bytes are known: the source must have the same before the upload is completed. */
  readonly toCompare: readonly number[]
  /** Requests that carry parts at once, to begin with. */
  readonly pool: number
  /** Parts read, hashed and keyed ahead of those that are being sent. */
  readonly ahead: number
  /** Parts between `preparing` and `arrived` at once: what bounds the memory. */
  readonly window: number
  /** The first keys are asked for with that many parts, in the call that begins the upload. */
  readonly firstKeys: number
  /** How long a part or a call may fail without a success between. */
  readonly patienceMs: number
}

/** A call to the server that fails for now. */
export interface Trouble {
  readonly failures: number
  readonly sinceMs: number
  readonly error: BellhopError
}

export interface UploadState {
  readonly phase: UploadPhase
  readonly shape: UploadShape
  readonly partCount: number | null
  readonly pool: number
  /** The lowest part that was never taken up. */
  readonly next: number
  /** Parts that the server found missing. */
  readonly again: readonly number[]
  readonly active: ReadonlyMap<number, ActivePart>
  readonly arrivedCount: number
  readonly toCompare: readonly number[]
  readonly comparing: number | null
  readonly signing: 'idle' | 'asked' | 'resting'
  readonly signTrouble: Trouble | null
  readonly completeTrouble: Trouble | null
  readonly missingRounds: number
  /** Why it failed, or is being aborted. */
  readonly error: BellhopError | null
}

export type SendFailure =
  /** The store says 403: ask for another key. */
  | 'expired'
  /** The key died before its turn came; nobody has refused it. */
  | 'late'
  /** Broken line, stall, 5xx, 429: rest, then the same again. */
  | 'transient'
  /** The store read other bytes than were hashed: read and hash again. */
  | 'corrupt'
  | 'refused'
export type CompleteFailure = 'transient' | 'busy' | 'incomplete' | 'refused'

export type UploadEvent =
  | { readonly type: 'started' }
  /** `last` of a stream of unknown length. */
  | { readonly type: 'prepared'; readonly number: number; readonly last?: boolean }
  | { readonly type: 'compared'; readonly number: number }
  | { readonly type: 'signed'; readonly numbers: readonly number[] }
  | {
      readonly type: 'signFailed'
      readonly numbers: readonly number[]
      readonly transient: boolean
      readonly atMs: number
      readonly error: BellhopError
      /** Less than the upload's own, where nobody has answered yet. */
      readonly patienceMs?: number
      /** What the server asked for, which bounds how many keys it gives in a minute. */
      readonly atLeastMs?: number
    }
  | { readonly type: 'sent'; readonly number: number }
  | {
      readonly type: 'sendFailed'
      readonly number: number
      readonly failure: SendFailure
      readonly atMs: number
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
      readonly atMs: number
      readonly error: BellhopError
    }
  /** As many requests may carry parts from now on. */
  | { readonly type: 'paced'; readonly pool: number }
  | { readonly type: 'paused' }
  | { readonly type: 'unpaused' }
  /** The source is not, or no longer, what was sent; `worthless`: nobody can go on with the upload. */
  | { readonly type: 'sourceFailed'; readonly worthless: boolean; readonly error: BellhopError }
  /** A fault of ours. */
  | { readonly type: 'broke'; readonly error: BellhopError }
  | { readonly type: 'cancelled'; readonly error: BellhopError }
  | { readonly type: 'aborted' }

export type UploadEffect =
  | { readonly type: 'prepare'; readonly number: number }
  /** Compare a part that has arrived with the source. */
  | { readonly type: 'compare'; readonly number: number }
  | { readonly type: 'sign'; readonly numbers: readonly number[] }
  | { readonly type: 'send'; readonly number: number }
  /** The part's bytes are no longer needed. */
  | { readonly type: 'release'; readonly number: number }
  | { readonly type: 'restPart'; readonly number: number; readonly failures: number; readonly atLeastMs: number }
  | { readonly type: 'restSign'; readonly failures: number; readonly atLeastMs: number }
  | { readonly type: 'restComplete'; readonly failures: number; readonly busy: boolean }
  | { readonly type: 'complete' }
  /** Stop what goes over the network; what is being read goes on. */
  | { readonly type: 'halt' }
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
    partCount: shape.partCount,
    pool: shape.pool,
    next: nextFrom(1, shape),
    again: [],
    active: new Map(),
    arrivedCount: shape.arrived.size,
    toCompare: shape.toCompare,
    comparing: null,
    signing: 'idle',
    signTrouble: null,
    completeTrouble: null,
    missingRounds: 0,
    error: null,
  }
}

export function isUploadEnded(state: UploadState): boolean {
  return state.phase === 'done' || state.phase === 'failed' || state.phase === 'aborted'
}

/** What the upload waits for because it fails for now; null while something moves. */
export function awaited(state: UploadState): WaitingFor | null {
  const trouble = state.phase === 'completing' ? state.completeTrouble : state.signTrouble
  if (state.phase === 'completing' && trouble) return awaitedBy(trouble)
  if (state.phase !== 'sending') return null
  const parts = [...state.active.values()]
  if (parts.some(({ step, failures }) => step === 'sending' && failures === 0)) return null
  const beforeStore = parts.some(({ step }) => step === 'sending' || step === 'resting')
  // A part that the store failed before may lack a key by now.
  if (trouble && !beforeStore) return awaitedBy(trouble)
  return parts.some(({ failures }) => failures > 0) ? 'store' : null
}

function awaitedBy({ error }: Trouble): WaitingFor {
  if (error.code === 'RATE_LIMITED') return 'rate-limit'
  return error.code === 'STORE_UNAVAILABLE' ? 'store' : 'server'
}

/** The first part from `number` on that the store lacks. */
export function nextFrom(number: number, shape: UploadShape): number {
  let next = number
  while (shape.arrived.has(next)) next += 1
  return next
}
