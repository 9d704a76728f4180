import type { ErrorCode } from '@bellhop/model'

/** The bytes arrived and are not what was announced. Final: another try needs another upload. */
export class Rejection extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, sentence: string, details?: Record<string, unknown>) {
    super(sentence)
    this.code = code
    this.details = details
  }
}
