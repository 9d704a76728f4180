import type { WorkerId } from '@bellhop/model'
import { eq, inArray, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { workers } from './schema/index.ts'

export interface NewWorker {
  readonly id: WorkerId
  readonly poolId: string
  readonly host: string
  readonly pid: number
  readonly kinds: readonly string[]
  /** Jobs at once. */
  readonly concurrency: number
}

export async function registerWorker(tx: Executor, worker: NewWorker): Promise<void> {
  await tx
    .insert(workers)
    .values({ ...worker, kinds: [...worker.kinds] })
    .onConflictDoUpdate({ target: workers.id, set: { poolId: worker.poolId, beatAt: sql`now()` } })
}

/** False: this worker was declared dead, and what it held was given to others. */
export async function beat(tx: Executor, id: WorkerId, poolId: string): Promise<boolean> {
  const rows = await tx
    .update(workers)
    .set({ beatAt: sql`now()`, poolId })
    .where(eq(workers.id, id))
    .returning({ id: workers.id })
  return rows.length > 0
}

/** Removes and returns workers that were silent for `silentMs` of the database's clock; each is returned to one caller. */
export async function takeSilentWorkers(tx: Executor, silentMs: number): Promise<{ id: WorkerId; poolId: string }[]> {
  return tx
    .delete(workers)
    .where(
      inArray(
        workers.id,
        tx
          .select({ id: workers.id })
          .from(workers)
          .where(sql`${workers.beatAt} < now() - ${silentMs} * interval '1 millisecond'`)
          .for('update', { skipLocked: true }),
      ),
    )
    .returning({ id: workers.id, poolId: workers.poolId })
}

/** Removes a worker that says good-bye; what it held must be handed back before. */
export async function removeWorker(tx: Executor, id: WorkerId): Promise<{ poolId: string } | undefined> {
  const [row] = await tx.delete(workers).where(eq(workers.id, id)).returning({ poolId: workers.poolId })
  return row
}
