import type { BellhopErrorCode } from '@bellhop/client'

/** What a script can tell apart. Documented in README.md. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  notSignedIn: 4,
  notFound: 5,
  conflict: 6,
  partlyDone: 7,
  stillRunning: 8,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_CODE: Partial<Record<BellhopErrorCode, ExitCode>> = {
  ABORTED: EXIT.cancelled,
  JOB_CANCELLED: EXIT.cancelled,
  UNAUTHENTICATED: EXIT.notSignedIn,
  FORBIDDEN: EXIT.notSignedIn,
  FILE_NOT_FOUND: EXIT.notFound,
  UPLOAD_NOT_FOUND: EXIT.notFound,
  JOB_NOT_FOUND: EXIT.notFound,
  OUTPUT_NOT_FOUND: EXIT.notFound,
  WORKSPACE_NOT_FOUND: EXIT.notFound,
  VALET_KEY_NOT_FOUND: EXIT.notFound,
  VALET_KEY_REVOKED: EXIT.notSignedIn,
  UPLOAD_NOT_OPEN: EXIT.conflict,
  UPLOAD_EXPIRED: EXIT.conflict,
  IDEMPOTENCY_CONFLICT: EXIT.conflict,
  FILE_NOT_READY: EXIT.conflict,
}

export function exitCodeOf(code: BellhopErrorCode): ExitCode {
  return BY_CODE[code] ?? EXIT.failed
}
