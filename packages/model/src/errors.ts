/** How the transport answers. The names are tRPC's, which map one to one to HTTP statuses. */
export type ErrorStatus =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'PRECONDITION_FAILED'
  | 'TOO_MANY_REQUESTS'
  | 'INTERNAL_SERVER_ERROR'
  | 'SERVICE_UNAVAILABLE'

export const HTTP_STATUS: Readonly<Record<ErrorStatus, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
}

interface ErrorEntry {
  readonly status: ErrorStatus
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean
  /** The sentence when the thrower has no better one. */
  readonly sentence: string
}

/** The one table of codes: what a program switches on, how it travels, and what a person reads. */
export const ERRORS = {
  INVALID_INPUT: entry('BAD_REQUEST', false, 'The request does not have the form that is expected.'),
  FILE_NAME_INVALID: entry('BAD_REQUEST', false, 'The file name is empty or too long; give it 1 to 255 characters.'),
  FILE_TOO_LARGE: entry('PAYLOAD_TOO_LARGE', false, 'The file is larger than this workspace takes.'),
  PART_OUT_OF_RANGE: entry('BAD_REQUEST', false, 'A part number lies outside the plan of this upload.'),
  UNKNOWN_JOB_KIND: entry('BAD_REQUEST', false, 'There is no job of that kind.'),
  JOB_INPUT_INVALID: entry('BAD_REQUEST', false, 'The input does not fit what this kind of job takes.'),
  UNAUTHENTICATED: entry('UNAUTHORIZED', false, 'Sign in, or send an API key, and try again.'),
  SIGN_IN_LINK_INVALID: entry('UNAUTHORIZED', false, 'This sign-in link was used or has expired; ask for a new one.'),
  FORBIDDEN: entry('FORBIDDEN', false, 'Your role in this workspace does not allow that.'),
  WORKSPACE_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such workspace, or you are not a member of it.'),
  FILE_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such file in this workspace.'),
  UPLOAD_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such upload in this workspace.'),
  JOB_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such job in this workspace.'),
  OUTPUT_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such output in this workspace.'),
  VALET_KEY_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such key in this workspace.'),
  VIEW_NOT_FOUND: entry('NOT_FOUND', false, 'There is no view of that name.'),
  VIEW_PAUSED: entry('CONFLICT', false, 'The view is paused, so that nothing recomputes it; resume it first.'),
  PRESET_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such preset in this workspace.'),
  WEBHOOK_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such webhook in this workspace.'),
  DELIVERY_NOT_FOUND: entry('NOT_FOUND', false, 'There is no such delivery in this workspace.'),
  ROUTE_NOT_FOUND: entry(
    'NOT_FOUND',
    false,
    'There is nothing at this address; `GET /v1/openapi.json` tells what there is.',
  ),
  FILE_NOT_READY: entry('CONFLICT', true, 'The file has not arrived yet; wait until its upload is complete.'),
  UPLOAD_NOT_OPEN: entry('CONFLICT', false, 'This upload has ended; start a new one.'),
  UPLOAD_INCOMPLETE: entry('CONFLICT', true, 'Not all of the bytes have arrived; send what is missing, then complete.'),
  UPLOAD_BUSY: entry('CONFLICT', true, 'This upload is being completed right now; ask again in a moment.'),
  UPLOAD_EXPIRED: entry('CONFLICT', false, 'This upload was left for too long; start a new one.'),
  PART_CHANGED: entry(
    'CONFLICT',
    false,
    'A part of this upload was promised with other bytes, so the file has changed since; start a new upload.',
  ),
  QUOTA_EXCEEDED: entry('FORBIDDEN', false, 'This workspace is full; delete files, or ask an owner for more room.'),
  FILE_TYPE_REFUSED: entry('FORBIDDEN', false, 'This workspace does not take files of that type.'),
  VALET_KEY_REVOKED: entry('FORBIDDEN', false, 'This key was revoked; ask an owner of the workspace.'),
  STORE_CHECK_FAILED: entry(
    'SERVICE_UNAVAILABLE',
    true,
    'The object store could not be examined; see whether it answers, then try again.',
  ),
  SIZE_MISMATCH: entry(
    'CONFLICT',
    false,
    'The stored object does not have the size that was announced; upload it again.',
  ),
  CHECKSUM_MISMATCH: entry('CONFLICT', false, 'The stored bytes are not those that were sent; upload them again.'),
  TYPE_MISMATCH: entry('CONFLICT', false, 'The bytes are not of the type that was announced.'),
  IDEMPOTENCY_CONFLICT: entry('CONFLICT', false, 'This idempotency key was used for another request; use a new one.'),
  JOB_NOT_CANCELLABLE: entry('CONFLICT', false, 'The job has ended, so there is nothing to cancel.'),
  JOB_NOT_RETRYABLE: entry('CONFLICT', false, 'Only a job that failed can be retried.'),
  JOB_NOT_COMPLETED: entry('CONFLICT', true, 'The job is not COMPLETED, so it has no result.'),
  WEBHOOK_ADDRESS_REFUSED: entry('BAD_REQUEST', false, 'Webhooks are sent to public http and https addresses only.'),
  PRESET_LIMIT: entry('CONFLICT', false, 'This workspace has as many presets as it may; delete one first.'),
  WEBHOOK_LIMIT: entry('CONFLICT', false, 'This workspace has as many webhooks as it may; delete one first.'),
  RATE_LIMITED: entry('TOO_MANY_REQUESTS', true, 'Too many requests; wait a moment and try again.'),
  STORE_UNAVAILABLE: entry(
    'SERVICE_UNAVAILABLE',
    true,
    'The object store does not answer; nothing is lost, try again in a moment.',
  ),
  DATABASE_UNAVAILABLE: entry(
    'SERVICE_UNAVAILABLE',
    true,
    'The database does not answer; nothing is lost, try again in a moment.',
  ),
  INTERNAL: entry(
    'INTERNAL_SERVER_ERROR',
    true,
    'Something went wrong on our side; the log has it under the request id.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

/** What the layers throw. Free of transport: one place in `api` maps it. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ErrorCode,
    sentence: string = ERRORS[code].sentence,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

function entry<S extends ErrorStatus>(status: S, retryable: boolean, sentence: string) {
  return { status, retryable, sentence } as const
}
