import type { Download, FileDetail, FileId, FileRecord, OutputId, Preview, UploadId } from '@bellhop/model'
import { BellhopError } from './bellhop-error.ts'
import type { Caller } from './caller.ts'
import type { Contract, Disposition } from './contract.ts'
import { runDownload } from './download/download-run.ts'
import type { DownloadOptions } from './download/download-run.ts'
import type { DownloadTarget } from './download/sink.ts'
import type { Platform, UploadInput } from './platform/platform.ts'
import type { UploadHandle, UploadedFile } from './upload/upload-handle.ts'
import { Uploader } from './upload/uploader.ts'
import type { ResumeOptions, UploadOptions } from './upload/uploader.ts'

interface FilesTools {
  readonly contract: Contract
  readonly caller: Caller
  readonly platform: Platform
  /** For reads from the object store. */
  readonly fetch: typeof globalThis.fetch
}

export class Files {
  readonly #tools: FilesTools
  readonly #uploader: Uploader

  constructor(tools: FilesTools) {
    this.#tools = tools
    const { contract, caller, platform } = tools
    this.#uploader = new Uploader({
      platform,
      port: {
        start: (input, signal) => caller.once((control) => contract.uploads.start.mutate(input, control), signal),
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

  /** Goes on with an upload that was left open: what has arrived is not sent again. Give the same, unchanged file. */
  resume(uploadId: UploadId, input: UploadInput, options: ResumeOptions = {}): Promise<UploadedFile> {
    return this.startResume(uploadId, input, options).done
  }

  startResume(uploadId: UploadId, input: UploadInput, options: ResumeOptions = {}): UploadHandle {
    return this.#uploader.resume(uploadId, input, options)
  }

  /** Gives an open upload up, with all that has arrived of it. */
  async abort(uploadId: UploadId): Promise<void> {
    const { caller, contract } = this.#tools
    await caller.again((control) => contract.uploads.abort.mutate({ uploadId }, control))
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
   * Streams a file or an output of a job to a path or a stream. A path is written aside and renamed when all of it is there;
   * a broken connection is resumed. A function may choose the target by what is to be downloaded.
   */
  async download(
    id: FileId | OutputId,
    target: DownloadTarget | ((download: Download) => DownloadTarget),
    options: DownloadOptions = {},
  ): Promise<Download> {
    const { platform, fetch } = this.#tools
    const issue = () => this.downloadUrl(id, options.signal ? { signal: options.signal } : {})
    const first = await issue()
    const sink = await platform.openSink(typeof target === 'function' ? target(first) : target)
    let unused: Download | undefined = first
    try {
      return await runDownload(
        sink,
        {
          fetch,
          issue: () => {
            const key = unused ? Promise.resolve(unused) : issue()
            unused = undefined
            return key
          },
        },
        options,
      )
    } catch (cause) {
      await sink.discard()
      throw cause instanceof BellhopError
        ? cause
        : new BellhopError('TARGET_UNWRITABLE', `${first.name} could not be written.`, { cause })
    }
  }
}
