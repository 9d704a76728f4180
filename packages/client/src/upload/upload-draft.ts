import type { BellhopError } from '../bellhop-error.ts'
import { nextFrom } from './upload-state.ts'
import type {
  ActivePart,
  PartStep,
  Trouble,
  UploadEffect,
  UploadPhase,
  UploadShape,
  UploadState,
} from './upload-state.ts'

/** A state being changed, within one step. */
export class UploadDraft {
  phase: UploadPhase
  readonly shape: UploadShape
  partCount: number | null
  pool: number
  next: number
  again: readonly number[]
  readonly active: Map<number, ActivePart>
  arrivedCount: number
  toCompare: readonly number[]
  comparing: number | null
  signing: UploadState['signing']
  signTrouble: Trouble | null
  completeTrouble: Trouble | null
  missingRounds: number
  error: BellhopError | null
  readonly effects: UploadEffect[] = []

  constructor(state: UploadState) {
    this.phase = state.phase
    this.shape = state.shape
    this.partCount = state.partCount
    this.pool = state.pool
    this.next = state.next
    this.again = state.again
    this.active = new Map(state.active)
    this.arrivedCount = state.arrivedCount
    this.toCompare = state.toCompare
    this.comparing = state.comparing
    this.signing = state.signing
    this.signTrouble = state.signTrouble
    this.completeTrouble = state.completeTrouble
    this.missingRounds = state.missingRounds
    this.error = state.error
  }

  state(): UploadState {
    const { effects: _effects, ...state } = this
    return state
  }

  move(number: number, from: PartStep, to: PartStep): void {
    const part = this.active.get(number)
    if (part?.step === from) this.active.set(number, { ...part, step: to })
  }

  count(step: PartStep): number {
    let count = 0
    for (const part of this.active.values()) if (part.step === step) count += 1
    return count
  }

  numbers(step: PartStep): number[] {
    const numbers: number[] = []
    for (const [number, part] of this.active) if (part.step === step) numbers.push(number)
    return numbers.toSorted((a, b) => a - b)
  }

  takeUp(): number | null {
    const [first, ...rest] = this.again
    if (first !== undefined) {
      this.again = rest
      return first
    }
    if (this.partCount !== null && this.next > this.partCount) return null
    const number = this.next
    this.next = nextFrom(number + 1, this.shape)
    return number
  }

  /** The upload stays open on the server, so that it can be resumed. */
  fail(error: BellhopError): void {
    this.phase = 'failed'
    this.error = error
    this.effects.push({ type: 'stop' })
  }

  /** What has arrived is given up. */
  abort(error: BellhopError): void {
    this.phase = 'aborting'
    this.error = error
    this.effects.push({ type: 'stop' }, { type: 'abort' })
  }

  /** One more failure in a row; null when they have gone on for too long. */
  worse(
    trouble: Trouble | null,
    atMs: number,
    error: BellhopError,
    patienceMs: number = Number.POSITIVE_INFINITY,
  ): Trouble | null {
    const sinceMs = trouble?.sinceMs ?? atMs
    if (atMs - sinceMs >= Math.min(patienceMs, this.shape.patienceMs)) return null
    return { failures: (trouble?.failures ?? 0) + 1, sinceMs, error }
  }
}
