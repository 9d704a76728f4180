export const LOCAL_STACK_ERROR_CODES = [
  'DATA_DIR_IN_USE',
  'DATA_DIR_NOT_WRITABLE',
  'INTERNAL',
  'INVALID_CONFIGURATION',
  'PORT_TAKEN',
  'POSTGRES_FAILED',
  'POSTGRES_NOT_INSTALLED',
  'POSTGRES_ORPHAN',
  'POSTGRES_UNREACHABLE',
  'STACK_ENDED',
] as const

export type LocalStackErrorCode = (typeof LOCAL_STACK_ERROR_CODES)[number]

/** A failure to start or stop that a person can act on: `message` says what happened, why, and what to do. */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError'
  readonly code: LocalStackErrorCode

  constructor(code: LocalStackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The code of a Node.js system error (`ENOENT`, `EADDRINUSE`, …), if it is one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
