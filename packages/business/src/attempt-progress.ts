import type { JobStage, JobWork } from '@bellhop/model'
import type { StageSpan } from '@bellhop/persistence'
import type { Moment } from './progress-estimate.ts'
import { ProgressRate } from './progress-rate.ts'

/** Stages of one attempt whose times are kept. Kinds that name more are told of under the last. */
const MAX_SPANS = 64

/**
 * How far an attempt has come, by what its `run` says. Pure: times are monotonic milliseconds that the caller passes. The
 * whole is the weighted sum of the stages and never goes back, whatever a processor says.
 */
export class AttemptProgress {
  readonly #stages: readonly JobStage[]
  readonly #startedAt: number
  readonly #whole: ProgressRate
  #ofStage: ProgressRate
  #spans: { name: string; fromMs: number; toMs: number | null }[] = []
  #index: number | null = null
  #stageFraction = 0
  #stageStartedAt: number
  #fraction = 0
  #work: JobWork | null = null
  #saidAt: number

  constructor(stages: readonly JobStage[], now: number) {
    this.#stages = stages
    this.#startedAt = now
    this.#stageStartedAt = now
    this.#saidAt = now
    this.#whole = new ProgressRate(now)
    this.#ofStage = new ProgressRate(now)
  }

  get fraction(): number {
    return this.#fraction
  }

  get stage(): string | null {
    return this.#spans.at(-1)?.name ?? null
  }

  get work(): JobWork | null {
    return this.#work
  }

  /** Those begun so far; a new list when there is one more. */
  get spans(): readonly StageSpan[] {
    return this.#spans
  }

  /** A fraction of the whole. */
  progress(fraction: number, stage: string | undefined, now: number): void {
    if (stage !== undefined) this.#enter(stage, now)
    this.#index = null
    this.#work = null
    this.#move(clamp(fraction), now)
  }

  /** @throws Error for a stage that the kind does not declare: a slip in its `run`. */
  advance(name: string, done: number | undefined, total: number | undefined, now: number): void {
    const index = this.#stages.findIndex((stage) => stage.name === name)
    const stage = this.#stages[index]
    if (!stage) throw new Error(`There is no stage \`${name}\`; its kind declares ${this.#named()}.`)
    // What is said of a stage that is over comes late.
    if (this.#index !== null && index < this.#index) return
    if (index !== this.#index) {
      this.#enter(name, now)
      this.#index = index
      this.#stageFraction = 0
      this.#stageStartedAt = now
      this.#ofStage = new ProgressRate(now)
    }
    const fraction = total !== undefined && total > 0 ? clamp((done ?? 0) / total) : clamp(done ?? 0)
    this.#stageFraction = Math.max(this.#stageFraction, fraction)
    this.#ofStage.observe(this.#stageFraction, now)
    this.#work =
      stage.unit === undefined || done === undefined || total === undefined ? null : { done, total, unit: stage.unit }
    this.#move(this.#weightBefore(index) + this.#stageFraction * this.#share(stage), now)
  }

  /** What there is to tell a time by. */
  moment(now: number): Moment {
    return {
      elapsedMs: now - this.#startedAt,
      idleMs: now - this.#saidAt,
      fraction: this.#fraction,
      rate: this.#whole.perMs,
      stage:
        this.#index === null
          ? null
          : {
              index: this.#index,
              fraction: this.#stageFraction,
              rate: this.#ofStage.perMs,
              elapsedMs: this.#saidAt - this.#stageStartedAt,
            },
    }
  }

  /** The attempt has ended, and with it its last stage. */
  end(now: number): readonly StageSpan[] {
    this.#closeSpan(now)
    return this.#spans
  }

  #enter(name: string, now: number): void {
    if (this.stage === name || this.#spans.length >= MAX_SPANS) return
    this.#closeSpan(now)
    this.#spans = [...this.#spans, { name, fromMs: this.#sinceStart(now), toMs: null }]
  }

  #closeSpan(now: number): void {
    const last = this.#spans.at(-1)
    if (last?.toMs === null) last.toMs = this.#sinceStart(now)
  }

  #move(fraction: number, now: number): void {
    this.#fraction = Math.max(this.#fraction, fraction)
    this.#whole.observe(this.#fraction, now)
    this.#saidAt = now
  }

  #sinceStart(now: number): number {
    return Math.round(now - this.#startedAt)
  }

  #weightBefore(index: number): number {
    return this.#stages.slice(0, index).reduce((sum, stage) => sum + this.#share(stage), 0)
  }

  #share({ weight }: JobStage): number {
    return weight / this.#stages.reduce((sum, stage) => sum + stage.weight, 0)
  }

  #named(): string {
    return this.#stages.length === 0 ? 'none' : this.#stages.map(({ name }) => `\`${name}\``).join(', ')
  }
}

function clamp(fraction: number): number {
  return Number.isFinite(fraction) ? Math.max(0, Math.min(1, fraction)) : 0
}
