import { newId } from '@bellhop/model'
import type { UploadId } from '@bellhop/model'
import { asc, eq, inArray, and, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { uploadParts } from './schema/index.ts'
import type { NewValetKey } from './valet-keys.ts'

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

/** Who is given the keys, and until when: the line of the ledger. */
export type PartKeysLine = Omit<NewValetKey, 'purpose' | 'firstPart' | 'keyCount' | 'sizeBytes' | 'uploadId'>

/**
 * Commits the upload to what these parts are, and writes their keys to the ledger if it agrees with what was promised
 * before: one statement, since each part of a large upload waits for it. Parts are locked in order, so that two clients of
 * one upload cannot deadlock.
 */
export async function promisePartKeys(
  tx: Executor,
  uploadId: UploadId,
  parts: readonly PromisedPart[],
  line: PartKeysLine,
): Promise<Promised> {
  const asked = JSON.stringify(parts.map(({ number, sizeBytes, sha256 }) => [number, sizeBytes, sha256]))
  // A part that nobody had hashed may be hashed later, not the other way round. A row that this inserts was updated by
  // nobody (xmax).
  const kept = await tx.execute<{ number: number; size_bytes: string; added: boolean }>(sql`
    with asked as (
      select (part ->> 0)::int as number, (part ->> 1)::bigint as size_bytes, part ->> 2 as sha256
      from json_array_elements(${asked}::text::json) as part
    ), kept as (
      insert into upload_parts as promised (upload_id, number, size_bytes, sha256)
      select ${uploadId}, number, size_bytes, sha256 from asked order by number
      on conflict (upload_id, number) do update set sha256 = coalesce(promised.sha256, excluded.sha256)
      where promised.size_bytes = excluded.size_bytes and coalesce(promised.sha256 = excluded.sha256, true)
      returning number, size_bytes, xmax = 0 as added
    ), line as (
      insert into valet_keys (id, workspace_id, user_id, api_key_id, from_address, file_id, upload_id, object_key,
        purpose, first_part, key_count, size_bytes, expires_at)
      select ${newId('valetKey')}, ${line.workspaceId}, ${line.userId}, ${line.apiKeyId ?? null},
        ${line.fromAddress ?? null}, ${line.fileId}, ${uploadId}, ${line.objectKey},
        'upload-part', min(number), count(*), sum(size_bytes), now() + ${line.lifeMs}::float8 * interval '1 millisecond'
      from asked
      having count(*) = (select count(*) from kept)
    )
    select number, size_bytes, added from kept`)
  const agreed = new Set(kept.map((part) => part.number))
  return {
    changed: parts.map((part) => part.number).filter((number) => !agreed.has(number)),
    addedBytes: kept.reduce((sum, part) => sum + (part.added ? Number(part.size_bytes) : 0), 0),
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
