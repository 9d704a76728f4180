import type { Quota, QuotaState, Usage, WorkspaceId } from '@bellhop/model'
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor, Transaction } from './database.ts'
import { quotas } from './schema/index.ts'

/*
 * The row of a workspace is what its uploads meet at, so its lock is short and always the last of its kind: within a
 * transaction come first the upload, then its parts, its keys, its file, and then this row. After it only rows are
 * touched that nothing locks before it (jobs, the queue). So starts, completes and deletes cannot deadlock.
 */

/** What a new file, or further parts of a stream, ask for. */
export interface AskedRoom {
  readonly bytes: number
  readonly files: 0 | 1
  /** Of the whole file, as far as it is known. */
  readonly fileBytes: number
  /** Null: it was let in before. */
  readonly mediaType: string | null
}

/** One guarded UPDATE. False: the bounds do not allow it, and nothing is changed. */
export async function reserveRoom(tx: Transaction, workspaceId: WorkspaceId, asked: AskedRoom): Promise<boolean> {
  const type = sql`${asked.mediaType}::text`
  const rows = await tx
    .update(quotas)
    .set({
      reservedBytes: sql`${quotas.reservedBytes} + ${asked.bytes}`,
      reservedFiles: sql`${quotas.reservedFiles} + ${asked.files}`,
    })
    .where(
      and(
        eq(quotas.workspaceId, workspaceId),
        or(
          isNull(quotas.maxBytes),
          sql`${quotas.usedBytes} + ${quotas.reservedBytes} + ${asked.bytes} <= ${quotas.maxBytes}`,
        ),
        or(
          isNull(quotas.maxFiles),
          sql`${quotas.usedFiles} + ${quotas.reservedFiles} + ${asked.files} <= ${quotas.maxFiles}`,
        ),
        or(isNull(quotas.maxFileBytes), sql`${asked.fileBytes} <= ${quotas.maxFileBytes}`),
        or(
          isNull(quotas.mediaTypes),
          sql`${type} is null`,
          sql`${type} = any(${quotas.mediaTypes})`,
          sql`split_part(${type}, '/', 1) || '/*' = any(${quotas.mediaTypes})`,
        ),
      ),
    )
    .returning({ workspaceId: quotas.workspaceId })
  return rows.length > 0
}

/** Adds to what a workspace holds, negative to give back. `files.ts` calls it where a status changes. */
export async function settleRoom(tx: Transaction, workspaceId: WorkspaceId, change: Usage): Promise<void> {
  await tx.update(quotas).set(roomAfter(change)).where(eq(quotas.workspaceId, workspaceId))
}

/** What an UPDATE of the row sets, for a statement that finds out the change itself. */
export function roomAfter(change: Readonly<Record<keyof Usage, number | SQL>>): Record<keyof Usage, SQL> {
  return {
    reservedBytes: sql`${quotas.reservedBytes} + ${change.reservedBytes}`,
    reservedFiles: sql`${quotas.reservedFiles} + ${change.reservedFiles}`,
    usedBytes: sql`${quotas.usedBytes} + ${change.usedBytes}`,
    usedFiles: sql`${quotas.usedFiles} + ${change.usedFiles}`,
  }
}

export async function findQuota(tx: Executor, workspaceId: WorkspaceId): Promise<QuotaState | undefined> {
  const [row] = await tx.select().from(quotas).where(eq(quotas.workspaceId, workspaceId))
  return row && toQuotaState(row)
}

/** What is held already stays, whatever the bounds. */
export async function setQuota(
  tx: Executor,
  workspaceId: WorkspaceId,
  { maxBytes, maxFiles, maxFileBytes, mediaTypes }: Quota,
): Promise<QuotaState | undefined> {
  const [row] = await tx
    .update(quotas)
    .set({ maxBytes, maxFiles, maxFileBytes, mediaTypes: mediaTypes && [...mediaTypes] })
    .where(eq(quotas.workspaceId, workspaceId))
    .returning()
  return row && toQuotaState(row)
}

function toQuotaState(row: typeof quotas.$inferSelect): QuotaState {
  const { maxBytes, maxFiles, maxFileBytes, mediaTypes, usedBytes, usedFiles, reservedBytes, reservedFiles } = row
  return {
    quota: { maxBytes, maxFiles, maxFileBytes, mediaTypes },
    usage: { usedBytes, usedFiles, reservedBytes, reservedFiles },
  }
}
