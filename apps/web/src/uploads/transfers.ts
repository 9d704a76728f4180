import type { UploadHandle } from '@bellhop/client'
import type { JobSnapshot, UploadId } from '@bellhop/model'
import { isUnsent, type Transfer } from './transfer.ts'

/** The part of the SDK that carries files. */
export interface UploadEngine {
  readonly startUpload: (file: File) => UploadHandle
  readonly startResume: (uploadId: UploadId, file: File) => UploadHandle
}

interface Entry {
  readonly file: File
  handle: UploadHandle
  stop: () => void
}

/**
 * The transfers of this tab. It lives above the router, so that pages come and go while bytes flow. Immutable snapshots
 * for `useSyncExternalStore`.
 */
export class Transfers {
  readonly #engine: UploadEngine
  readonly #onJobs: (jobs: readonly JobSnapshot[]) => void
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<() => void>()
  #snapshot: readonly Transfer[] = []
  #count = 0

  /** `onJobs` hears of the jobs that an upload started, before the feed does. */
  constructor(engine: UploadEngine, onJobs: (jobs: readonly JobSnapshot[]) => void) {
    this.#engine = engine
    this.#onJobs = onJobs
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly snapshot = (): readonly Transfer[] => this.#snapshot

  add(files: readonly File[]): void {
    for (const file of files) {
      this.#count += 1
      this.#follow(`transfer-${this.#count}`, file, this.#engine.startUpload(file))
    }
    this.#changed()
  }

  cancel(key: string): void {
    this.#entries.get(key)?.handle.cancel()
  }

  /** Goes on where it stopped when the server still knows the upload, else from the start. */
  retry(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.handle.state.status !== 'FAILED') return
    const { uploadId, error } = entry.handle.state
    const resumable = uploadId !== null && error?.retryable === true
    entry.stop()
    const { file } = entry
    this.#follow(key, file, resumable ? this.#engine.startResume(uploadId, file) : this.#engine.startUpload(file))
    this.#changed()
  }

  /** Takes what has ended off the list. */
  remove(keys: readonly string[]): void {
    for (const transfer of this.#snapshot) {
      if (!keys.includes(transfer.key) || isUnsent(transfer)) continue
      this.#entries.get(transfer.key)?.stop()
      this.#entries.delete(transfer.key)
    }
    this.#changed()
  }

  #follow(key: string, file: File, handle: UploadHandle): void {
    const stop = handle.subscribe(() => this.#changed())
    this.#entries.set(key, { file, handle, stop })
    handle.done.then(
      ({ jobs }) => this.#onJobs(jobs),
      // The state of the handle says why; the row shows it.
      () => {},
    )
  }

  #changed(): void {
    const known = new Map(this.#snapshot.map((transfer) => [transfer.key, transfer]))
    this.#snapshot = [...this.#entries].map(
      ([
        key,
        {
          file,
          handle: { state },
        },
      ]) => {
        const before = known.get(key)
        return before?.state === state ? before : { key, name: state.name, sizeBytes: file.size, state }
      },
    )
    for (const listener of this.#listeners) listener()
  }
}
