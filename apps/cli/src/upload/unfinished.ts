import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { BellhopError } from '@bellhop/client'
import type { Bellhop, JournalEntry, UploadHandle, UploadId, UploadJournal, UploadedFile } from '@bellhop/client'
import { cleanFileName } from '@bellhop/model'
import type { OpenUpload } from '@bellhop/model'

/** Tried for one file; each is refused before a byte moves when it began with another file. */
const MAX_CANDIDATES = 8
/** What says that an upload cannot be gone on with, but the file can be sent. */
const NOT_THIS = ['SOURCE_CHANGED', 'UPLOAD_NOT_FOUND', 'UPLOAD_NOT_OPEN', 'UPLOAD_EXPIRED', 'PART_CHANGED']

interface UnfinishedOptions {
  readonly bellhop: Bellhop
  readonly journal: UploadJournal
  readonly url: string
}

/** Uploads that were broken off and can be gone on with. */
export class Unfinished {
  readonly #options: UnfinishedOptions
  /** As it was before this run wrote to it. */
  #noted: Promise<readonly JournalEntry[]> | undefined
  #open: Promise<ReadonlySet<UploadId>> | undefined
  #elsewhere: Promise<readonly OpenUpload[]> | undefined

  constructor(options: UnfinishedOptions) {
    this.#options = options
  }

  /** Began here with the file of that path, the newest first. */
  async here(path: string): Promise<UploadId[]> {
    const server = new URL(this.#options.url).href
    const wanted = resolve(path)
    this.#noted ??= this.#options.journal.list()
    return (await this.#noted)
      .filter((entry) => entry.server === server && entry.path === wanted)
      .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
      .map(({ uploadId }) => uploadId)
  }

  /** Whether the server still has one of `here`. */
  async isOpen(path: string): Promise<boolean> {
    const noted = await this.here(path)
    if (noted.length === 0) return false
    this.#open ??= this.#options.bellhop.files
      .unfinished()
      .then((unfinished) => new Set(unfinished.map(({ uploadId }) => uploadId)))
    const open = await this.#open
    return noted.some((uploadId) => open.has(uploadId))
  }

  /** Goes on with the upload of this file, whether it began here or elsewhere; undefined when there is none. */
  async resume(path: string, start: (uploadId: UploadId) => UploadHandle): Promise<UploadedFile | undefined> {
    const candidates = [...new Set([...(await this.here(path)), ...(await this.#begunElsewhere(path))])]
    for (const uploadId of candidates.slice(0, MAX_CANDIDATES)) {
      try {
        return await start(uploadId).done
      } catch (error) {
        if (!(error instanceof BellhopError) || !NOT_THIS.includes(error.code)) throw error
      }
    }
    return undefined
  }

  /** Of the same name and length; the fingerprint is compared when it is gone on with. */
  async #begunElsewhere(path: string): Promise<UploadId[]> {
    this.#elsewhere ??= this.#options.bellhop.files.openUploads()
    const found = await stat(path).catch(() => undefined)
    const name = cleanFileName(basename(path))
    return (await this.#elsewhere)
      .filter((open) => open.fingerprint !== null && open.sizeBytes === found?.size && open.name === name)
      .map(({ uploadId }) => uploadId)
  }
}
