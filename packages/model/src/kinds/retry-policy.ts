import type { JobFailure } from '../job.ts'

/** How a kind's failed attempts are tried again by themselves. A person may always ask for one more. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly tries: number
  /** Between the first attempt and the second. */
  readonly firstDelayMs: number
  /** Each delay is so many times the one before, up to `maxDelayMs`. */
  readonly delayFactor: number
  readonly maxDelayMs: number
  /** A delay is up to this part longer or shorter, by chance, so that what failed together does not return together. */
  readonly jitter: number
  /** Codes of errors after which it is not tried again, beside those that say so themselves. */
  readonly finalErrors: readonly string[]
}

/** 2 s and 8 s, ± 20 %. */
const DEFAULTS: RetryPolicy = {
  tries: 3,
  firstDelayMs: 2_000,
  delayFactor: 4,
  maxDelayMs: 10 * 60_000,
  jitter: 0.2,
  finalErrors: [],
}

export function retryPolicyOf({ retries }: { readonly retries?: Partial<RetryPolicy> }): RetryPolicy {
  return { ...DEFAULTS, ...retries }
}

export function isFinal(policy: RetryPolicy, failure: JobFailure): boolean {
  return !failure.retryable || policy.finalErrors.includes(failure.code)
}

/** `random` from 0 to 1. */
export function retryDelayMs(policy: RetryPolicy, failedAttempt: number, random: number): number {
  const delayMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.delayFactor ** (failedAttempt - 1))
  return Math.round(delayMs * (1 + policy.jitter * (2 * random - 1)))
}
