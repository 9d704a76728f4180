import type { AppError } from '@bellhop/model'
import { ERRORS, HTTP_STATUS } from '@bellhop/model'
import type { HttpAnswer } from './route.ts'

/** Where the refusal itself knows no better. */
const RETRY_AFTER_SECONDS = 1

/** A refusal as RFC 9457 has it, with the code that a program switches on. */
export function problem(
  error: AppError,
  requestId: string,
  status = HTTP_STATUS[ERRORS[error.code].status],
): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error.retryable
        ? { 'retry-after': String(Number(error.details?.['retryAfterSeconds'] ?? RETRY_AFTER_SECONDS)) }
        : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      type: `urn:bellhop:error:${error.code}`,
      title: ERRORS[error.code].sentence,
      status,
      detail: error.message,
      code: error.code,
      sentence: error.message,
      retryable: error.retryable,
      requestId,
      ...(error.details === undefined ? {} : { details: error.details }),
    },
  }
}
