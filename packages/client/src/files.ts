import { isId } from '@bellhop/model'
import type {
  Download,
  FileDetail,
  FileDigests,
  FileId,
  FileRecord,
  OpenUpload,
  OutputId,
  Preview,
  UploadId,
} from '@bellhop/model'
import { BellhopError } from './bellhop-error.ts'
import type { Caller } from './caller.ts'
import type { Contract, Disposition } from './contract.ts'
import { runDownload } from './download/download-run.ts'
import type { DownloadOptions, DownloadedFile } from './download/download-run.ts'
import type { DownloadTarget } from './download/sink.ts'
import { Notes } from './journal/notes.ts'
import { unfinishedUploads } from './journal/unfinished.ts'
import type { UnfinishedUpload } from './journal/unfinished.ts'
import type { UploadJournal } from './journal/upload-journal.ts'
import type { Platform, UploadInput } from './platform/platform.ts'
import { uploadMany } from './upload/many-uploads.ts'
import type { ManyInput, ManyOptions, ManyResult } from './upload/many-uploads.ts'
import type { UploadHandle, UploadedFile } from './upload/upload-handle.ts'
import type { ResumeOptions, UploadOptions } from './upload/upload-options.ts'
import { Uploader } from './upload/uploader.ts'

interface FilesTools {
  readonly contract: Contract
  readonly caller: Caller
  readonly platform: Platform
  readonly journal: UploadJournal | null
  /** The address of the server, as the journal knows it. */
  readonly server: string
  readonly patienceMs: number
}

export class Files {
  readonly #tools: FilesTools
  readonly #notes: Notes
  readonly #uploader: Uploader

  constructor(tools: FilesTools) {
    this.#tools = tools
    const { contract, caller, platform, journal, server, patienceMs } = tools
    this.#notes = new Notes({ journal, memory: platform.memory, server })
    this.#uploader = new Uploader({
      platform,
      notes: this.#notes,
      patienceMs,
      port: {
        start: (input, signal) => caller.try((control) => contract.uploads.start.mutate(input, control), signal),
        signParts: (input, signal) =>
          caller.try((control) => contract.uploads.signParts.mutate(input, control), signal),
        renew: (input, signal) => caller.try((control) => contract.uploads.renew.mutate(input, control), signal),
        complete: (input, signal) => caller.try((control) => contract.uploads.complete.mutate(input, control), signal),
        abort: (input) => caller.try((control) => contract.uploads.abort.mutate(input, control)),
        get: (input, signal) => caller.again((control) => contract.uploads.get.query(input, control), signal),
      },
    })
  }

  /**
   * Sends the bytes straight to the object store and resolves to the verified file. A broken line, an expired key or a busy
   * store is retried; when that does not help, the error's `details.uploadId` is what `resume` goes on with.
   */
  upload(input: UploadInput, options: UploadOptions = {}): Promise<UploadedFile> {
    return this.startUpload(input, options).done
  }

  /** `upload` for user interfaces: a state to subscribe to. */
  startUpload(input: UploadInput, options: UploadOptions = {}): UploadHandle {
    return this.#uploader.start(input, options)
  }

  /**
   * Uploads many inputs, a bounded number at a time, taken from `inputs` as they have room: a million of them need no more
   * memory than a few. Yields how each ended, in the order in which they end; one that fails does not stop the others.
   * Throws ABORTED when the signal fires. Whoever stops reading stops what is under way.
   */
  uploadMany(
    inputs: Iterable<UploadInput | ManyInput> | AsyncIterable<UploadInput | ManyInput>,
    options: ManyOptions = {},
  ): AsyncGenerator<ManyResult, void, void> {
    return uploadMany((input, own) => this.startUpload(input, own), inputs, options)
  }

  /**
   * Goes on with an upload that was left open: what has arrived is not sent again. Give the same, unchanged file: another
   * one is refused with SOURCE_CHANGED, before it is mixed with what has arrived, and the upload stays open. Without an
   * input the file is taken that the journal leads to (`unfinished` tells whether it does).
   */
  resume(uploadId: UploadId, input?: UploadInput, options: ResumeOptions = {}): Promise<UploadedFile> {
    return this.startResume(uploadId, input, options).done
  }

  /** `resume` for user interfaces. Without an input a browser may have to ask the person, so call it from a click. */
  startResume(uploadId: UploadId, input?: UploadInput, options: ResumeOptions = {}): UploadHandle {
    return this.#uploader.resume(uploadId, input ?? (() => this.#reopen(uploadId)), options)
  }

  /** Uploads that began on this device and have not ended, the newest first. Empty without a journal (`connect`). */
  unfinished(options: { readonly signal?: AbortSignal } = {}): Promise<readonly UnfinishedUpload[]> {
    const { caller, contract, platform } = this.#tools
    return unfinishedUploads(this.#notes, platform.memory, (uploadId) =>
      caller.again((control) => contract.uploads.get.query({ uploadId }, control), options.signal),
    )
  }

  /** Open uploads of the caller, from whichever machine, the newest first, at most 100. */
  openUploads(): Promise<readonly OpenUpload[]> {
    const { caller, contract } = this.#tools
    return caller.again((control) => contract.uploads.listOpen.query(undefined, control))
  }

  /** Gives an open upload up, with all that has arrived of it. */
  async abort(uploadId: UploadId): Promise<void> {
    const { caller, contract } = this.#tools
    await caller.again((control) => contract.uploads.abort.mutate({ uploadId }, control))
    await this.#notes.ended(uploadId)
  }

  get(fileId: FileId): Promise<FileDetail> {
    const { caller, contract } = this.#tools
    return caller.again((control) => contract.files.get.query({ fileId }, control))
  }

  update(fileId: FileId, changes: { name?: string; tags?: string[] }): Promise<FileRecord> {
    const { caller, contract } = this.#tools
    return caller.again((control) => contract.files.update.mutate({ fileId, ...changes }, control))
  }

  async delete(fileId: FileId): Promise<void> {
    const { caller, contract } = this.#tools
    await caller.once((control) => contract.files.delete.mutate({ fileId }, control))
  }

  /** A short-lived address of the bytes, for a link or an `<img>`. */
  downloadUrl(
    id: FileId | OutputId,
    options: { disposition?: Disposition; signal?: AbortSignal } = {},
  ): Promise<Download> {
    const { caller, contract } = this.#tools
    const { disposition = 'attachment', signal } = options
    return caller.again((control) => contract.downloads.start.mutate({ id, disposition }, control), signal)
  }

  /** Addresses that stay the same for minutes, so that a browser caches what they show. At most 100 ids. */
  previews(ids: readonly (FileId | OutputId)[]): Promise<readonly Preview[]> {
    const { caller, contract } = this.#tools
    return caller.again((control) => contract.downloads.previews.query({ ids: [...ids] }, control))
  }

  /**
   * Fetches a file or an output of a job to a path or a stream; a function may choose the target by what is to come. To a
   * path: several ranges at once into `<path>.part`, renamed when all of it is there. What breaks off is gone on with by the
   * next download of the same object to the same path; what `signal` ends leaves nothing, or `onAbort: 'keep'`. To a stream: in order, over one
   * connection. Each part of a file that was hashed when it was sent is compared (CHECKSUM_MISMATCH, with `details.part`,
   * when fetching it again did not help; what a stream was given cannot be taken back). Outputs of jobs are compared by size.
   */
  async download(
    id: FileId | OutputId,
    target: DownloadTarget | ((download: Download) => DownloadTarget),
    options: DownloadOptions = {},
  ): Promise<DownloadedFile> {
    const { platform, caller, contract } = this.#tools
    const { signal } = options
    const issue = (renews?: Download) => {
      const input = renews ? { id, renews: renews.keyId } : { id }
      return caller.again((control) => contract.downloads.start.mutate(input, control), signal)
    }
    const first = await issue()
    const sink = await platform.openSink(typeof target === 'function' ? target(first) : target)
    const { openSha256, readRange, downloadLanes: lanes } = platform
    const digests = () => this.#digests(id, signal)
    return runDownload(sink, { first, issue, digests, openSha256, readRange, lanes }, options)
  }

  async #reopen(uploadId: UploadId): Promise<UploadInput> {
    const entry = await this.#notes.get(uploadId)
    if (entry) return this.#tools.platform.memory.reopen(entry)
    throw new BellhopError('SOURCE_UNREADABLE', `This device does not know the file of ${uploadId}; give it.`)
  }

  async #digests(id: FileId | OutputId, signal: AbortSignal | undefined): Promise<FileDigests | null> {
    const { caller, contract } = this.#tools
    if (!isId('file', id)) return null
    return caller.again((control) => contract.files.digests.query({ fileId: id }, control), signal)
  }
}
