import type { StoreReport } from '@bellhop/model'
import { eq, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import type { ObjectStoreOptions } from './s3-client.ts'
import { storeReports } from './schema/index.ts'

type StoreAddress = Pick<ObjectStoreOptions, 'endpoint' | 'bucket'>

/** Names one bucket of one store in the tables that speak of it. */
export function storeName({ endpoint, bucket }: StoreAddress): string {
  return `${new URL(endpoint).origin}/${bucket}`
}

export async function findStoreReport(tx: Executor, store: StoreAddress): Promise<StoreReport | undefined> {
  const [row] = await tx
    .select({ report: storeReports.report })
    .from(storeReports)
    .where(eq(storeReports.store, storeName(store)))
  return row?.report
}

export async function saveStoreReport(tx: Executor, store: StoreAddress, report: StoreReport): Promise<void> {
  await tx
    .insert(storeReports)
    .values({ store: storeName(store), report })
    .onConflictDoUpdate({ target: storeReports.store, set: { report, checkedAt: sql`now()` } })
}
