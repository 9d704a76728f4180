import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from '@bellhop/model'
import type { UploadId } from '@bellhop/model'
import type { JournalEntry, UploadJournal } from '../../journal/upload-journal.ts'

const ENDING = '.json'

/**
 * A journal of one JSON file per upload in `dir`, which is made when the first is written. Readable by their owner only:
 * they name paths. Of what is not JSON of ours nothing is told, and nothing removed.
 */
export function folderJournal(dir: string): UploadJournal {
  const pathOf = (uploadId: UploadId) => {
    if (!isId('upload', uploadId)) throw new TypeError(`Expected the id of an upload, got \`${String(uploadId)}\`.`)
    return join(dir, uploadId + ENDING)
  }
  const read = (path: string) =>
    readFile(path, 'utf8').then(
      (text) => entryOf(text),
      () => undefined,
    )
  return {
    async put(entry) {
      const path = pathOf(entry.uploadId)
      await mkdir(dir, { recursive: true, mode: 0o700 })
      // Written aside and renamed, so that a process that dies leaves a whole entry or none.
      const aside = `${path}.${process.pid}`
      const file = await open(aside, 'w', 0o600)
      try {
        await file.writeFile(JSON.stringify(entry))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(aside, path)
    },
    get: (uploadId) => read(pathOf(uploadId)),
    delete: (uploadId) => rm(pathOf(uploadId), { force: true }),
    async list() {
      const names = await readdir(dir).catch(() => [])
      const entries = await Promise.all(
        names.filter((name) => name.endsWith(ENDING)).map((name) => read(join(dir, name))),
      )
      return entries.filter((entry) => entry !== undefined)
    },
  }
}

function entryOf(text: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Record<keyof JournalEntry, unknown>>
    const { uploadId, fileId, server, name, sizeBytes, startedAt } = entry
    const ours =
      isId('upload', uploadId) &&
      isId('file', fileId) &&
      [server, name, startedAt].every((field) => typeof field === 'string') &&
      Number.isSafeInteger(sizeBytes)
    return ours ? (entry as JournalEntry) : undefined // -- looked at above
  } catch {
    return undefined
  }
}
