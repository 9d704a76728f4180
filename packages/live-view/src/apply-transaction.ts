import { type Sql, type TransactionSql } from 'postgres'

const LOST_CONNECTION = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
])

/**
 * A transaction, read committed: the applier's lock must be older than the snapshot of every read that it guards.
 *
 * When the server drops the connection in the middle, the work is left hanging and postgres.js rejects the whole as it
 * sees the connection close. Were the work to fail by itself, postgres.js would send `rollback` to a socket that is
 * gone, which ends the process: https://github.com/porsager/postgres/issues/1208
 */
export async function applyTransaction<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  let outcome: { readonly value: T } | undefined
  await sql.begin('isolation level read committed read write', async (tx) => {
    try {
      outcome = { value: await work(tx) }
    } catch (error) {
      if (isLostConnection(error)) await new Promise<never>(() => {})
      throw error
    }
  })
  if (outcome === undefined) throw new Error('A committed transaction has no outcome.')
  return outcome.value
}

function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, severity_local: severity } = error as Error & { code?: unknown; severity_local?: unknown }
  return severity === 'FATAL' || (typeof code === 'string' && (LOST_CONNECTION.has(code) || /^57P0[1-3]$/.test(code)))
}
