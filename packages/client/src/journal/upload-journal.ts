import type { FileId, UploadId } from '@bellhop/model'

/** One upload that has begun and not ended, as this device remembers it. */
export interface JournalEntry {
  readonly uploadId: UploadId
  readonly fileId: FileId
  /** The address of the server that knows it. */
  readonly server: string
  readonly name: string
  readonly sizeBytes: number
  /** Of the file when the upload began, in ms since 1970. */
  readonly lastModifiedMs: number | null
  readonly fingerprint: string | null
  /** ISO 8601. */
  readonly startedAt: string
  /** In Node: where the file lies. */
  readonly path?: string
  /** In a page that was given one: opens the file again, after a click. */
  readonly handle?: FileSystemFileHandle
}

/**
 * Notes of uploads that outlive this process or page. An entry is put when the server has taken the upload up, and deleted
 * when it has ended; it stays when the upload fails or the process dies. A journal that fails never fails an upload.
 */
export interface UploadJournal {
  put(entry: JournalEntry): Promise<void>
  get(uploadId: UploadId): Promise<JournalEntry | undefined>
  /** Of what is not there: nothing happens. */
  delete(uploadId: UploadId): Promise<void>
  list(): Promise<readonly JournalEntry[]>
}
