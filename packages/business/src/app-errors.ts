import { AppError } from '@bellhop/model'
import { isDatabaseAway } from '@bellhop/persistence'

/** Whatever was thrown, as one of the table's codes. What is not known becomes INTERNAL, with the original as cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isDatabaseAway(error)) return new AppError('DATABASE_UNAVAILABLE', undefined, { cause: error })
  return new AppError('INTERNAL', undefined, { cause: error })
}

/** It comes from an engine that is away and comes back; nothing of ours is broken. */
export function isPassing(error: unknown): boolean {
  return isDatabaseAway(error)
}
