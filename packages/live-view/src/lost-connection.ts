const LOST_CONNECTION = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
])

/**
 * Runs the work of a transaction. When the server drops the connection in the middle, the work is left hanging and
 * postgres.js rejects the whole as it sees the connection close. Were the work to fail by itself, postgres.js would send
 * `rollback` to a socket that is gone, which ends the process: https://github.com/porsager/postgres/issues/1208
 */
export async function leaveHanging<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isLostConnection(error)) await new Promise<never>(() => {})
    throw error
  }
}

/** The SQLSTATE of a failed statement, be it the driver's error or Drizzle's around it. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as Error & { code?: unknown }
  return typeof code === 'string' ? code : sqlState(error.cause)
}

function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { severity_local: severity } = error as Error & { severity_local?: unknown }
  const code = sqlState(error)
  if (severity === 'FATAL' || (code !== undefined && (LOST_CONNECTION.has(code) || /^57P0[1-3]$/.test(code))))
    return true
  return isLostConnection(error.cause)
}
