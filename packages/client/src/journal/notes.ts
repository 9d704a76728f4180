import type { FileId, UploadId } from '@bellhop/model'
import type { BellhopError, BellhopErrorCode } from '../bellhop-error.ts'
import type { UploadInput } from '../platform/platform.ts'
import type { UploadSource } from '../upload/source.ts'
import type { FileMemory } from './file-memory.ts'
import type { JournalEntry, UploadJournal } from './upload-journal.ts'

/** After these nothing is left on the server to go on with. */
const OVER: ReadonlySet<BellhopErrorCode> = new Set([
  'ABORTED',
  'UPLOAD_NOT_FOUND',
  'UPLOAD_NOT_OPEN',
  'UPLOAD_EXPIRED',
  'SIZE_MISMATCH',
  'CHECKSUM_MISMATCH',
  'TYPE_MISMATCH',
])

interface NotesTools {
  readonly journal: UploadJournal | null
  readonly memory: FileMemory
  /** The address of the server. */
  readonly server: string
}

/** Writes the journal of one server. What cannot be noted is not: the upload goes on. */
export class Notes {
  readonly #tools: NotesTools
  /** Of each upload under way: its notes are written one after the other. */
  readonly #writing = new Map<UploadId, Promise<void>>()

  constructor(tools: NotesTools) {
    this.#tools = tools
  }

  begun(
    input: UploadInput,
    source: UploadSource,
    upload: { readonly uploadId: UploadId; readonly fileId: FileId; readonly fingerprint: string | null },
  ): void {
    const { journal, memory, server } = this.#tools
    const { name, sizeBytes, lastModifiedMs } = source
    if (!journal || sizeBytes === null) return
    const { uploadId, fileId, fingerprint } = upload
    const startedAt = new Date().toISOString()
    const entry = { uploadId, fileId, server, name, sizeBytes, lastModifiedMs, fingerprint, startedAt }
    void this.#write(uploadId, () => journal.put({ ...entry, ...memory.note(input) }))
  }

  async ended(uploadId: UploadId | null): Promise<void> {
    const { journal } = this.#tools
    if (journal && uploadId !== null) await this.#write(uploadId, () => journal.delete(uploadId))
  }

  async failed(uploadId: UploadId | null, error: BellhopError): Promise<void> {
    if (OVER.has(error.code) || error.details['status'] === 'ABORTED') await this.ended(uploadId)
    else if (uploadId !== null) await this.#writing.get(uploadId)
  }

  async get(uploadId: UploadId): Promise<JournalEntry | undefined> {
    return this.#tools.journal?.get(uploadId)
  }

  async list(): Promise<readonly JournalEntry[]> {
    const { journal, server } = this.#tools
    return journal ? (await journal.list()).filter((entry) => entry.server === server) : []
  }

  #write(uploadId: UploadId, write: () => Promise<void>): Promise<void> {
    const before = this.#writing.get(uploadId) ?? Promise.resolve()
    const written = before.then(write).catch(() => {})
    this.#writing.set(uploadId, written)
    void written.then(() => {
      if (this.#writing.get(uploadId) === written) this.#writing.delete(uploadId)
    })
    return written
  }
}
