import { BellhopError } from '../bellhop-error.ts'
import type { CompleteFailure } from './upload-state.ts'

export function sourceError(cause: unknown): BellhopError {
  return cause instanceof BellhopError
    ? cause
    : new BellhopError('SOURCE_UNREADABLE', 'The source broke while it was read.', { cause })
}

export function completeFailureOf(error: BellhopError): CompleteFailure {
  if (error.code === 'UPLOAD_INCOMPLETE') return 'incomplete'
  if (error.code === 'UPLOAD_BUSY') return 'busy'
  return error.retryable ? 'transient' : 'refused'
}

/** Parts that the server named; it names at most 64 and names the others the next time. */
export function missingOf(error: BellhopError): number[] {
  const { missing } = error.details
  if (error.code !== 'UPLOAD_INCOMPLETE' || !Array.isArray(missing)) return []
  return missing.filter((number): number is number => Number.isSafeInteger(number))
}
