import type { ErrorDetails, Words } from './en.ts'

/** What an error says to a person, whoever threw it: the server, the network, or the upload engine. */
export function errorSentence(words: Words, error: unknown): string {
  const told = readError(error)
  if (told === null) return words.networkError
  const { code, details } = told
  const known = code !== null && isKnown(words.errors, code) ? words.errors[code] : undefined
  return (typeof known === 'function' ? known(details) : known) ?? told.sentence ?? words.unknownError
}

export function isUnauthenticated(error: unknown): boolean {
  return readError(error)?.code === 'UNAUTHENTICATED'
}

/** What was asked for is not, or no longer, there. */
export function isNotFound(error: unknown): boolean {
  return readError(error)?.code?.endsWith('_NOT_FOUND') === true
}

export function isRetryable(error: unknown): boolean {
  const told = readError(error)
  return told === null || told.retryable
}

export function requestIdOf(error: unknown): string | null {
  return readError(error)?.requestId ?? null
}

function isKnown(errors: Words['errors'], code: string): code is keyof Words['errors'] {
  return Object.hasOwn(errors, code)
}

interface ToldError {
  readonly code: string | null
  readonly sentence: string | null
  readonly retryable: boolean
  readonly requestId: string | null
  readonly details: ErrorDetails
}

/** A tRPC error carries it in `data`, one of the SDK in its own fields; null when no server has answered. */
function readError(error: unknown): ToldError | null {
  if (!isRecord(error)) return null
  const { data } = error
  if (isRecord(data)) {
    const sentence = text(data['sentence']) ?? text(error['message'])
    return {
      code: text(data['appCode']),
      sentence,
      retryable: data['retryable'] === true,
      requestId: text(data['requestId']),
      details: isRecord(data['details']) ? data['details'] : {},
    }
  }
  const code = text(error['code'])
  if (code === null || code === 'NETWORK') return null
  return {
    code,
    sentence: text(error['message']),
    retryable: error['retryable'] === true,
    requestId: text(error['requestId']),
    details: isRecord(error['details']) ? error['details'] : {},
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
