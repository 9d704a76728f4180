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
const CAUSES_DEEP = 4

/** The database could not be asked; the same question may be answered in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  let cause = error
  for (let depth = 0; depth < CAUSES_DEEP && cause instanceof Error; depth++) {
    const code = (cause as { code?: unknown }).code
    if (typeof code === 'string' && (CONNECTION_CODES.has(code) || code.startsWith('08'))) return true
    cause = cause.cause
  }
  return false
}
