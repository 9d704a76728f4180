import { LIMITS } from '@bellhop/model'
import type { FileId, UploadId, UploadProgress } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import type { FileAtHand, FileMemory } from './file-memory.ts'
import type { Notes } from './notes.ts'
import type { JournalEntry } from './upload-journal.ts'

/** An upload of this device that can be gone on with. */
export interface UnfinishedUpload {
  readonly uploadId: UploadId
  readonly fileId: FileId
  readonly name: string
  readonly sizeBytes: number
  readonly arrivedBytes: number
  /** ISO 8601; so is `expiresAt`, after which the server gives it up. */
  readonly startedAt: string
  readonly expiresAt: string
  readonly file: FileAtHand
}

/** Asked of the server at once. */
const AT_ONCE = 4

/**
 * What the journal holds and the server still has open. Notes of uploads that have ended are removed; those of uploads that
 * the server does not know stay for as long as it could have them: another workspace, or another person, may have begun them.
 */
export async function unfinishedUploads(
  notes: Notes,
  memory: FileMemory,
  get: (uploadId: UploadId) => Promise<UploadProgress>,
): Promise<UnfinishedUpload[]> {
  const entries = [...(await notes.list())].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
  const unfinished: UnfinishedUpload[] = []
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const found = await Promise.all(
      entries.slice(at, at + AT_ONCE).map(async (entry): Promise<UnfinishedUpload | null> => {
        const { uploadId, fileId, name, sizeBytes, startedAt } = entry
        const progress = await get(uploadId).catch((error: unknown) => {
          if (error instanceof BellhopError && error.code === 'UPLOAD_NOT_FOUND') return null
          throw error
        })
        if (progress === null) {
          if (!mayBeOpen(entry)) await notes.ended(uploadId)
          return null
        }
        // COMPLETING: resuming answers the file.
        if (progress.status !== 'OPEN' && progress.status !== 'COMPLETING') {
          await notes.ended(uploadId)
          return null
        }
        const { arrived, expiresAt } = progress
        const arrivedBytes = arrived.reduce((sum, part) => sum + part.sizeBytes, 0)
        const file = await memory.state(entry)
        return { uploadId, fileId, name, sizeBytes, arrivedBytes, startedAt, expiresAt, file }
      }),
    )
    unfinished.push(...found.filter((upload) => upload !== null))
  }
  return unfinished
}

/** In a workspace that this caller does not see. */
function mayBeOpen({ startedAt }: JournalEntry): boolean {
  return Date.now() - Date.parse(startedAt) < LIMITS.uploadLifeMs
}
