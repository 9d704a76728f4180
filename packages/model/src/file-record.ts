import type { FileFault, FileStatus, Integrity } from './file.ts'
import type { FileId, JobId, OutputId, UserId } from './ids.ts'
import type { JobSnapshot } from './job-snapshot.ts'
import type { OutputFile } from './kinds/output-file.ts'
import type { Filmstrip } from './kinds/media-probe.ts'
import type { FileType } from './media-type.ts'
import type { AnswerFreshness } from './view.ts'

/** A file as its workspace sees it. Times are ISO 8601 in UTC. */
export interface FileRecord {
  readonly id: FileId
  readonly name: string
  readonly type: FileType
  readonly mediaType: string
  readonly sizeBytes: number
  readonly tags: readonly string[]
  readonly status: FileStatus
  readonly ownerId: UserId
  readonly ownerName: string
  /** How far the stored bytes are proved to be the client's; null until READY. */
  readonly integrity: Integrity | null
  /** Lower-case hex, where the client hashed the whole file. */
  readonly sha256: string | null
  readonly downloadCount: number
  readonly createdAt: string
  readonly readyAt: string | null
  /** When its stored bytes were last read again and found whole; null: not since they arrived. */
  readonly verifiedAt: string | null
  /** Found wrong with the stored object since, and when; null: nothing is. */
  readonly fault: { readonly kind: FileFault; readonly at: string } | null
  /** Why a REJECTED file was refused. */
  readonly error: { readonly code: string; readonly sentence: string } | null
}

export interface FileDetail extends FileRecord {
  readonly outputs: readonly (OutputFile & { readonly jobId: JobId })[]
  /** The newest first. */
  readonly jobs: readonly JobSnapshot[]
}

/** One row of the catalog: what a card or a line of a list shows. */
export interface CatalogEntry {
  readonly id: FileId
  readonly name: string
  readonly type: FileType
  readonly mediaType: string
  readonly sizeBytes: number
  readonly tags: readonly string[]
  readonly ownerName: string
  readonly status: FileStatus
  readonly createdAt: string
  readonly downloadCount: number
  readonly jobs: { readonly active: number; readonly done: number; readonly failed: number }
  /** Of an image its thumbnail, of a video its poster. */
  readonly thumbnail: OutputId | null
  /** The same picture, larger, for fine screens; its width in pixels. */
  readonly larger: { readonly id: OutputId; readonly width: number } | null
  readonly blurhash: string | null
  /** Pixels of an image or a video, rows and columns of a dataset; null until its job has told. */
  readonly width: number | null
  readonly height: number | null
  readonly rowCount: number | null
  readonly columnCount: number | null
  /** Of a video or a sound. */
  readonly durationSeconds: number | null
  /** Small frames of a video, to scrub through. */
  readonly filmstrip: Filmstrip | null
  /** Of a sound: at most 48 stretches from the beginning to the end, each its loudest, in per cent. */
  readonly loudness: readonly number[] | null
}

export const CATALOG_SORTS = ['newest', 'oldest', 'name', 'largest', 'smallest'] as const
export type CatalogSort = (typeof CATALOG_SORTS)[number]

export interface Page<T> {
  readonly items: readonly T[]
  /** Pass it as `cursor` for the page after this one; null at the end. */
  readonly nextCursor: string | null
}

export interface CatalogPage extends Page<CatalogEntry> {
  readonly freshness: AnswerFreshness
}

export interface CatalogFacets {
  readonly total: number
  readonly types: readonly { readonly value: FileType; readonly count: number }[]
  /** The 30 most used. */
  readonly tags: readonly { readonly value: string; readonly count: number }[]
}

/** One bar of the insights: what arrived on one day (UTC), of one type. */
export interface InsightRow {
  readonly day: string
  readonly type: FileType
  readonly files: number
  readonly sizeBytes: number
  readonly jobsCompleted: number
  readonly jobsFailed: number
}
