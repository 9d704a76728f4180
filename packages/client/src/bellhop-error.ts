import type { ErrorCode } from '@bellhop/model'

/** What goes wrong on this side of the wire; the server's codes are `ErrorCode` of the model. */
const CLIENT_ERRORS = {
  NETWORK: {
    retryable: true,
    sentence: 'The server cannot be reached.',
    hint: 'Check that it runs, that the address is right, and that nothing between blocks it.',
  },
  TIMEOUT: {
    retryable: true,
    sentence: 'The server did not answer in time.',
    hint: 'Try again, or raise `timeoutMs`.',
  },
  ABORTED: { retryable: false, sentence: 'Cancelled.', hint: undefined },
  SOURCE_CHANGED: {
    retryable: false,
    sentence: 'The source changed while it was uploaded.',
    hint: 'Upload it again once nothing writes to it.',
  },
  SOURCE_UNREADABLE: {
    retryable: false,
    sentence: 'The source cannot be read.',
    hint: 'Check that it exists, is a file, and may be read.',
  },
  TARGET_UNWRITABLE: {
    retryable: false,
    sentence: 'The target cannot be written.',
    hint: 'Check the folder, its permissions and the free space.',
  },
  STORE_REFUSED: {
    retryable: false,
    sentence: 'The object store refused the request.',
    hint: 'Check the address under which clients reach the store, and its clock.',
  },
  JOB_FAILED: {
    retryable: false,
    sentence: 'The job failed.',
    hint: 'Read `details.job`; `jobs.retry` starts it again.',
  },
  JOB_CANCELLED: { retryable: false, sentence: 'The job was cancelled.', hint: undefined },
} as const satisfies Record<string, { retryable: boolean; sentence: string; hint: string | undefined }>

export type ClientErrorCode = keyof typeof CLIENT_ERRORS
export type BellhopErrorCode = ErrorCode | ClientErrorCode

const SERVER_HINTS: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'Pass `apiKey`, or set BELLHOP_API_KEY.',
  UPLOAD_INCOMPLETE: 'Go on with `files.resume(uploadId, source)`.',
  FILE_NOT_READY: 'Wait until its upload is complete.',
}

interface BellhopErrorOptions {
  readonly cause?: unknown
  /** HTTP status, where the server or the store answered. */
  readonly status?: number
  readonly requestId?: string
  /** Default: what the code says. */
  readonly retryable?: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one error of the SDK. Switch on `code`; show `message`; quote `requestId` to whoever runs the server. */
export class BellhopError extends Error {
  override readonly name = 'BellhopError'
  readonly code: BellhopErrorCode
  readonly status: number | undefined
  readonly requestId: string | undefined
  /** The same call may succeed later, unchanged. */
  readonly retryable: boolean
  /** What belongs to the code: `uploadId` of an upload that can be resumed, `missing` parts, the `job` that failed. */
  readonly details: Readonly<Record<string, unknown>>
  /** What to do about it, where that is known. */
  readonly hint: string | undefined

  constructor(code: BellhopErrorCode, sentence?: string, options: BellhopErrorOptions = {}) {
    const client = isClientErrorCode(code) ? CLIENT_ERRORS[code] : undefined
    super(sentence ?? client?.sentence ?? code, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status
    this.requestId = options.requestId
    this.retryable = options.retryable ?? client?.retryable ?? false
    this.details = options.details ?? {}
    this.hint = isClientErrorCode(code) ? client?.hint : SERVER_HINTS[code]
  }

  /** The same error, saying more. */
  with(details: Readonly<Record<string, unknown>>): BellhopError {
    return new BellhopError(this.code, this.message, {
      cause: this.cause,
      retryable: this.retryable,
      details: { ...this.details, ...details },
      ...(this.status === undefined ? {} : { status: this.status }),
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
    })
  }
}

function isClientErrorCode(code: string): code is ClientErrorCode {
  return Object.hasOwn(CLIENT_ERRORS, code)
}

/** What an aborted signal rejects with. A `TIMEOUT` set as its reason stays one. */
export function abortError(signal?: AbortSignal): BellhopError {
  return signal?.reason instanceof BellhopError
    ? signal.reason
    : new BellhopError('ABORTED', undefined, { cause: signal?.reason })
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal)
}
