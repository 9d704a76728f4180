import type { UploadId } from '@bellhop/model'
import { asc, eq, inArray, and, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { uploadParts } from './schema/index.ts'

export interface PromisedPart {
  readonly number: number
  readonly sizeBytes: number
  /** Lower-case hex; null where the client did not hash. */
  readonly sha256: string | null
}

export interface Promised {
  /** Numbers of parts that were promised otherwise before: for them no key may be signed. */
  readonly changed: readonly number[]
  /** Of the parts that nobody had promised before. */
  readonly addedBytes: number
}

/**
 * Commits the upload to what these parts are. Parts are locked in order, so that two clients of one upload cannot deadlock.
 */
export async function promiseParts(
  tx: Executor,
  uploadId: UploadId,
  parts: readonly PromisedPart[],
): Promise<Promised> {
  const ordered = parts.toSorted((a, b) => a.number - b.number)
  const kept = await tx
    .insert(uploadParts)
    .values(ordered.map((part) => ({ ...part, uploadId })))
    .onConflictDoUpdate({
      target: [uploadParts.uploadId, uploadParts.number],
      // A part that nobody had hashed may be hashed later, not the other way round.
      set: { sha256: sql`coalesce(${uploadParts.sha256}, excluded.sha256)` },
      setWhere: sql`${uploadParts.sizeBytes} = excluded.size_bytes
        and coalesce(${uploadParts.sha256} = excluded.sha256, true)`,
    })
    // A row that this statement inserted was updated by nobody.
    .returning({ number: uploadParts.number, sizeBytes: uploadParts.sizeBytes, added: sql<boolean>`xmax = 0` })
    // One text for each number of parts, of which a signing has 64 at most.
    .prepare('promise_parts')
    .execute()
  const agreed = new Set(kept.map((part) => part.number))
  return {
    changed: ordered.map((part) => part.number).filter((number) => !agreed.has(number)),
    addedBytes: kept.reduce((sum, part) => sum + (part.added ? part.sizeBytes : 0), 0),
  }
}

/** In order of their numbers. */
export function listPromisedParts(
  tx: Executor,
  uploadId: UploadId,
  numbers?: readonly number[],
): Promise<PromisedPart[]> {
  return tx
    .select({ number: uploadParts.number, sizeBytes: uploadParts.sizeBytes, sha256: uploadParts.sha256 })
    .from(uploadParts)
    .where(and(eq(uploadParts.uploadId, uploadId), numbers && inArray(uploadParts.number, [...numbers])))
    .orderBy(asc(uploadParts.number))
}
