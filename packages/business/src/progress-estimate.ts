/** How an attempt stands. Times are milliseconds, fractions 0 to 1, rates fractions a millisecond (0: not known). */
export interface Moment {
  /** Since it was claimed. */
  readonly elapsedMs: number
  /** Since it last said something. */
  readonly idleMs: number
  /** Of the whole. */
  readonly fraction: number
  readonly rate: number
  /** Where its kind has stages. */
  readonly stage: {
    readonly index: number
    readonly fraction: number
    readonly rate: number
    /** From its begin to what was said last. */
    readonly elapsedMs: number
  } | null
}

/** How long a job like this one took, and each of its kind's stages. */
export interface Sample {
  readonly totalMs: number
  readonly stageMs: readonly number[]
}

export interface Remaining {
  /** As likely more as less. */
  readonly expectedMs: number
  /** Nine of ten take less. */
  readonly lateMs: number
}

const LATE = 0.9
/**
 * A job that has done so much of its work is believed half about its own speed, half what others took; one that has done so
 * much of a stage, about the rate of that. Like the two below, fitted to recorded jobs (`test/estimates/`).
 */
const HALF_TRUST_SPEED = 0.5
const HALF_TRUST_RATE = 0.15
/** What comes may be slower than all that was. */
const LATE_MARGIN = 1.4
/** No machine is believed to be further from the others than that. */
const MAX_SPEED = 30
/** Without others, no time is told before there is evidence; then the late end is so much further than the expected. */
const MIN_ELAPSED_MS = 2_000
const MIN_FRACTION = 0.03
const LATE_ALONE = 2
/** What is over its time goes on for this part of the time that it has been silent or running. */
const OVERDUE = 0.2
const OVERDUE_LATE = 1.5

/**
 * The time that is left: what jobs like this one took from where it stands now, each corrected by how fast this one has
 * been, in the middle and at the ninth of ten. What its own rate says weighs the more, the further it is. Null without
 * evidence.
 */
export function estimateRemaining(samples: readonly Sample[], moment: Moment): Remaining | null {
  return samples.length > 0 ? byOthers(samples, moment) : alone(moment)
}

function byOthers(samples: readonly Sample[], moment: Moment): Remaining {
  const own = stillLeft(samples, moment, true)
  // At worst it is as slow as the slow ones were, however fast it has been.
  const any = [...own, ...stillLeft(samples, moment, false)].toSorted((a, b) => a - b)
  const over = overdue(moment)
  const expectedMs = own.length > 0 ? quantile(own, 0.5) : over.expectedMs
  const lateMs = quantile(any, LATE * (1 + 1 / any.length)) * LATE_MARGIN
  // The more of them it has outlasted, the less they say.
  const outlasted = 1 - any.length / (2 * samples.length)
  return { expectedMs, lateMs: Math.max(expectedMs, lateMs, over.lateMs * outlasted) }
}

/** Those that would have ended by now are no longer like this one. */
function stillLeft(samples: readonly Sample[], moment: Moment, asFastAsThis: boolean): number[] {
  return samples
    .map((sample) => remainingAs(sample, moment, asFastAsThis) - moment.idleMs)
    .filter((ms) => ms > 0)
    .toSorted((a, b) => a - b)
}

function alone(moment: Moment): Remaining | null {
  const { elapsedMs, idleMs, fraction, rate } = moment
  if (elapsedMs < MIN_ELAPSED_MS || fraction < MIN_FRACTION || rate === 0) return null
  const expectedMs = (1 - fraction) / rate - idleMs
  return expectedMs > 0 ? { expectedMs, lateMs: expectedMs * LATE_ALONE } : overdue(moment)
}

function overdue({ elapsedMs, idleMs }: Moment): Remaining {
  const silentMs = Math.max(idleMs, 0.1 * elapsedMs)
  return { expectedMs: OVERDUE * silentMs, lateMs: OVERDUE_LATE * silentMs }
}

/** What was left when the job last said something, had it been this other one. */
function remainingAs(sample: Sample, moment: Moment, asFastAsThis: boolean): number {
  const stageMs = moment.stage ? sample.stageMs : [sample.totalMs]
  const { index, fraction, rate } = moment.stage ?? { index: 0, fraction: moment.fraction, rate: moment.rate }
  const ofStage = stageMs[index] ?? 0
  const doneMs = sum(stageMs.slice(0, index)) + fraction * ofStage
  if (!asFastAsThis) return (1 - fraction) * ofStage + sum(stageMs.slice(index + 1))
  const speed = speedOf(moment.elapsedMs - moment.idleMs, doneMs, sample.totalMs)
  const asOther = (1 - fraction) * ofStage * speed
  const later = sum(stageMs.slice(index + 1)) * speed
  if (rate === 0 || asOther === 0) return asOther + later
  const own = fraction / (fraction + HALF_TRUST_RATE)
  return asOther ** (1 - own) * ((1 - fraction) / rate) ** own + later
}

/** Above 1: slower than the other. */
function speedOf(tookMs: number, otherTookMs: number, otherTotalMs: number): number {
  if (otherTookMs <= 0 || tookMs <= 0) return 1
  const share = otherTookMs / otherTotalMs
  const ratio = Math.max(1 / MAX_SPEED, Math.min(MAX_SPEED, tookMs / otherTookMs))
  return ratio ** (share / (share + HALF_TRUST_SPEED))
}

/** Of sorted numbers, between the two nearest. */
function quantile(sorted: readonly number[], part: number): number {
  const at = Math.min(1, part) * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? low
  return low + (high - low) * (at - Math.floor(at))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
