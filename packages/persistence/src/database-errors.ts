const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // Shut down by its operator, crashed, starting up, too many connections.
  '57P01',
  '57P02',
  '57P03',
  '53300',
])
/** What node-postgres, which graphile-worker uses, says without a code. */
const CONNECTION_SENTENCES = /^(Connection terminated|Client has encountered a connection error|Client was closed)/
const CAUSES_DEEP = 4

/** The database could not be asked; the same question may be answered in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  let cause: unknown = error instanceof AggregateError ? error.errors[0] : error
  for (let depth = 0; depth < CAUSES_DEEP && cause instanceof Error; depth++) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && (CONNECTION_CODES.has(code) || code.startsWith('08'))) return true
    if (CONNECTION_SENTENCES.test(cause.message)) return true
    cause = cause.cause
  }
  return false
}
