import { type Sql, type TransactionSql } from 'postgres'
import { leaveHanging } from './lost-connection.ts'

/** A transaction, read committed: the applier's lock must be older than the snapshot of every read that it guards. */
export async function applyTransaction<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return transaction(sql, 'read committed', work)
}

/** A transaction all of whose reads are of one moment. */
export async function snapshotTransaction<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return transaction(sql, 'repeatable read', work)
}

async function transaction<T>(sql: Sql, isolation: string, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  let outcome: { readonly value: T } | undefined
  await sql.begin(`isolation level ${isolation} read write`, async (tx) => {
    outcome = { value: await leaveHanging(() => work(tx)) }
  })
  if (outcome === undefined) throw new Error('A committed transaction has no outcome.')
  return outcome.value
}
