import { BellhopError } from '../bellhop-error.ts'
import type { UploadSource } from './source.ts'
import type { CompleteFailure } from './upload-state.ts'

const MAX_RETRY_AFTER_MS = 60_000

export function sourceError(cause: unknown): BellhopError {
  return cause instanceof BellhopError
    ? cause
    : new BellhopError('SOURCE_UNREADABLE', 'The source broke while it was read.', { cause })
}

/** The source is not what the parts in the store were cut from. They may still be those of another file, so they stay. */
export function sourceDiffers(name: string, cause?: unknown): BellhopError {
  return new BellhopError(
    'SOURCE_CHANGED',
    `${name} is not the file that this upload began with, or was changed since; give that file, or start a new upload.`,
    { cause, details: { differs: true } },
  )
}

/** Nobody can go on with what has arrived: the file it came from is no more, or the stream was read. */
export function isWorthless(error: BellhopError, { rereadable }: Pick<UploadSource, 'rereadable'>): boolean {
  if (!rereadable) return true
  return error.code === 'SOURCE_CHANGED' && error.details['differs'] !== true
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

/** After that the server will have keys to give again. */
export function retryAfterOf({ code, details }: BellhopError): number {
  const { retryAfterMs } = details
  return code === 'RATE_LIMITED' && typeof retryAfterMs === 'number' ? Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) : 0
}
