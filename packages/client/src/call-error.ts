import { TRPCClientError } from '@trpc/client'
import { ERRORS, isErrorCode } from '@bellhop/model'
import type { ErrorCode, ErrorStatus } from '@bellhop/model'
import { BellhopError, abortError } from './bellhop-error.ts'

/** What the server's error formatter puts beside the sentence. Off the wire, so each field may be absent. */
interface ErrorData {
  readonly httpStatus?: unknown
  readonly appCode?: unknown
  readonly retryable?: unknown
  readonly requestId?: unknown
  readonly details?: unknown
}

const BY_TRPC_CODE: Readonly<Partial<Record<ErrorStatus, ErrorCode>>> = {
  UNAUTHORIZED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  BAD_REQUEST: 'INVALID_INPUT',
}
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'INVALID_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
}

/** Whatever a call threw, as the one error of the SDK. */
export function callError(cause: unknown, signal?: AbortSignal): BellhopError {
  if (cause instanceof BellhopError) return cause
  if (signal?.aborted) return abortError(signal)
  if (!(cause instanceof TRPCClientError)) return new BellhopError('NETWORK', undefined, { cause })
  const data = cause.data as ErrorData | null | undefined
  return data ? answered(cause, data) : unanswered(cause)
}

function answered(cause: TRPCClientError<never>, data: ErrorData): BellhopError {
  const code = isErrorCode(data.appCode) ? data.appCode : (codeOf(data) ?? 'INTERNAL')
  return new BellhopError(code, cause.message || ERRORS[code].sentence, {
    cause,
    retryable: typeof data.retryable === 'boolean' ? data.retryable : ERRORS[code].retryable,
    ...(typeof data.httpStatus === 'number' ? { status: data.httpStatus } : {}),
    ...(typeof data.requestId === 'string' ? { requestId: data.requestId } : {}),
    ...(typeof data.details === 'object' && data.details ? { details: { ...data.details } } : {}),
  })
}

function codeOf(data: ErrorData): ErrorCode | undefined {
  const { code } = data as { code?: ErrorStatus }
  return code && BY_TRPC_CODE[code]
}

/** No answer of Bellhop's own: a broken line, a proxy's error page, a stream that a server refused. */
function unanswered(cause: TRPCClientError<never>): BellhopError {
  const status = statusOf(cause)
  const code = status === undefined ? undefined : BY_STATUS[status]
  if (code) return new BellhopError(code, ERRORS[code].sentence, { cause, status: status ?? 0 })
  const reason = reasonOf(cause)
  return new BellhopError('NETWORK', `The server cannot be reached${reason ? ` (${reason})` : ''}.`, {
    cause,
    ...(status === undefined ? {} : { status }),
  })
}

function statusOf(error: TRPCClientError<never>): number | undefined {
  const response: unknown = error.meta?.['response']
  if (response instanceof Response) return response.status
  // The event by which an EventSource says that it gave up.
  const event: unknown = error.cause
  if (typeof event === 'object' && event && 'code' in event && typeof event.code === 'number') return event.code
  return undefined
}

/** `fetch failed` says nothing; the reason lies below it. */
function reasonOf(error: unknown): string {
  let reason = ''
  let at: unknown = error
  for (let depth = 0; depth < 4 && at instanceof Error; depth += 1, at = at.cause) {
    reason = 'code' in at && typeof at.code === 'string' ? at.code : at.message || reason
  }
  return reason
}

/** A connection that had been made broke, so there is a server at that address. Browsers do not tell. */
export function brokeOff(error: BellhopError): boolean {
  return error.code === 'NETWORK' && /UND_ERR_SOCKET|ECONNRESET|EPIPE/.test(reasonOf(error.cause))
}

/** The request did not leave this machine, so that even what must not be done twice may be tried again. */
export function neverSent(error: BellhopError): boolean {
  return error.code === 'NETWORK' && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(error.cause))
}
