import { BellhopError } from '../bellhop-error.ts'
import type { PutAnswer } from '../platform/platform.ts'
import type { SendFailure } from './upload-state.ts'

type PutFailure = Exclude<SendFailure, 'late'>

export type PutOutcome =
  | { readonly type: 'sent'; readonly etag: string | null }
  | {
      readonly type: 'failed'
      readonly failure: PutFailure
      /** The store has more to do than it can. */
      readonly overrun: boolean
      readonly error: BellhopError
      readonly atLeastMs: number
    }

/** S3's codes under 400 that say more than the status. */
const BY_CODE: Readonly<Record<string, PutFailure>> = {
  XAmzContentSHA256Mismatch: 'corrupt',
  XAmzContentChecksumMismatch: 'corrupt',
  BadDigest: 'corrupt',
  IncompleteBody: 'transient',
  RequestTimeout: 'transient',
  ExpiredToken: 'expired',
}
/** Any 403 may be an expired key: stores say it in different words. */
const BY_STATUS: Readonly<Record<number, PutFailure>> = {
  401: 'expired',
  403: 'expired',
  408: 'transient',
  429: 'transient',
}

const OVERRUN = new Set([408, 429, 503, 504])

/** `412` of a single PUT, whose key says If-None-Match: the object is there already; completing verifies it. */
export function putOutcome(answer: PutAnswer, mode: 'single' | 'multipart'): PutOutcome {
  const { status, code } = answer
  if (status >= 200 && status < 300) return { type: 'sent', etag: answer.etag }
  if (status === 412 && mode === 'single') return { type: 'sent', etag: null }
  const failure = (code && BY_CODE[code]) || BY_STATUS[status] || (status >= 500 ? 'transient' : 'refused')
  return {
    type: 'failed',
    failure,
    overrun: OVERRUN.has(status) || code === 'RequestTimeout',
    error: errorOf(failure, answer),
    atLeastMs: answer.retryAfterMs ?? 0,
  }
}

function errorOf(failure: PutFailure, { status, code }: PutAnswer): BellhopError {
  const answer = `the object store answered ${status}${code ? ` ${code}` : ''}`
  const options = { status, details: { storeCode: code } }
  switch (failure) {
    case 'transient':
      return new BellhopError('STORE_UNAVAILABLE', `The bytes could not be sent: ${answer}.`, {
        ...options,
        retryable: true,
      })
    case 'corrupt':
      return new BellhopError('CHECKSUM_MISMATCH', `The bytes were changed on their way: ${answer}.`, options)
    case 'expired':
      return new BellhopError('STORE_REFUSED', `The key was refused, a new one too: ${answer}.`, options)
    case 'refused':
      return status === 404
        ? new BellhopError('UPLOAD_NOT_OPEN', 'This upload has ended; start a new one.', options)
        : new BellhopError('STORE_REFUSED', `The bytes were refused: ${answer}.`, options)
  }
}
