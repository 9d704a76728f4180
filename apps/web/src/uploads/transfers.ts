import type { UploadHandle, UploadInput, UnfinishedUpload } from '@bellhop/client'
import type { JobSnapshot, UploadId } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { throttle } from '../live/throttle.ts'
import { holdUpload } from './held-uploads.ts'
import { type PickedFile, uploadInput } from './picked-file.ts'
import { isUnsent, mayPause, type Transfer } from './transfer.ts'

/** The part of the SDK that carries files. */
export interface UploadEngine {
  readonly startUpload: (input: UploadInput) => UploadHandle
  readonly startResume: (uploadId: UploadId, input?: UploadInput, options?: { readonly name?: string }) => UploadHandle
  readonly unfinished: () => Promise<readonly UnfinishedUpload[]>
  readonly abort: (uploadId: UploadId) => Promise<void>
}

interface Entry {
  /** Null: the engine knows how to open it. */
  readonly picked: PickedFile | null
  /** The upload that it goes on with; null: a new one. */
  readonly resumes: { readonly uploadId: UploadId; readonly name: string; readonly sizeBytes: number } | null
  readonly handle: UploadHandle
  readonly stop: () => void
}

/** Thousands of files tell of themselves many times a second, and each telling draws. */
const TELL_EVERY_MS = 200
/** The file must be given once more: it is another one, or cannot be opened. */
const WANTS_FILE: readonly string[] = ['SOURCE_CHANGED', 'SOURCE_UNREADABLE']

/**
 * The transfers of this tab. It lives above the router, so that pages come and go while bytes flow. Immutable snapshots
 * for `useSyncExternalStore`.
 */
export class Transfers {
  readonly #engine: UploadEngine
  readonly #onJobs: (jobs: readonly JobSnapshot[]) => void
  readonly #entries = new Map<string, Entry>()
  readonly #transfers = new Map<string, Transfer>()
  readonly #changed = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #over = new Set<UploadId>()
  readonly #tell = throttle(TELL_EVERY_MS, () => this.#flush())
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

  add(files: readonly PickedFile[]): void {
    for (const picked of files) {
      this.#follow(this.#newKey(), { picked, resumes: null }, this.#engine.startUpload(uploadInput(picked)))
    }
    this.#flush()
  }

  /** Goes on with an upload that was left. Without a file the browser may have to ask, so call it from a click. */
  resume(resumes: NonNullable<Entry['resumes']>, picked: PickedFile | null): void {
    this.#resume(this.#newKey(), resumes, picked)
  }

  cancel(key: string): void {
    this.#entries.get(key)?.handle.cancel()
  }

  pause(keys: readonly string[]): void {
    for (const key of keys) {
      const transfer = this.#transfers.get(key)
      if (transfer !== undefined && mayPause(transfer)) this.#entries.get(key)?.handle.pause()
    }
  }

  goOn(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#transfers.get(key)?.state.status === 'PAUSED') this.#entries.get(key)?.handle.goOn()
    }
  }

  /** Goes on where it stopped when the server still knows the upload, else from the start. `given`: the file, once more. */
  retry(key: string, given: PickedFile | null = null): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.handle.state.status !== 'FAILED') return
    const { uploadId, error, name } = entry.handle.state
    const picked = given ?? entry.picked
    entry.stop()
    if (entry.resumes !== null) return this.#resume(key, entry.resumes, picked)
    if (picked === null) return
    if (uploadId !== null && error?.retryable === true) {
      return this.#resume(key, { uploadId, name, sizeBytes: picked.file.size }, picked)
    }
    this.#follow(key, { picked, resumes: null }, this.#engine.startUpload(uploadInput(picked)))
    this.#flush()
  }

  /** Takes what has ended off the list. */
  remove(keys: readonly string[]): void {
    for (const key of keys) {
      const transfer = this.#transfers.get(key)
      if (transfer === undefined || isUnsent(transfer)) continue
      this.#entries.get(key)?.stop()
      this.#entries.delete(key)
      this.#transfers.delete(key)
    }
    this.#flush()
  }

  /** Uploads that this browser has begun and not ended. */
  unfinished(): Promise<readonly UnfinishedUpload[]> {
    return this.#engine.unfinished()
  }

  /** Gives an upload up that was left, with what has arrived of it. */
  async discard(uploadId: UploadId): Promise<void> {
    await this.#engine.abort(uploadId)
    this.#over.add(uploadId)
    this.#flush()
  }

  /** It was seen to end here, so that a list that was read before does not bring it back. */
  isOver(uploadId: UploadId): boolean {
    return this.#over.has(uploadId)
  }

  #newKey(): string {
    this.#count += 1
    return `transfer-${this.#count}`
  }

  #resume(key: string, resumes: NonNullable<Entry['resumes']>, picked: PickedFile | null): void {
    const input = picked === null ? undefined : uploadInput(picked)
    const { uploadId, name } = resumes
    this.#follow(key, { picked, resumes }, this.#engine.startResume(uploadId, input, { name }))
    this.#flush()
  }

  #follow(key: string, given: Pick<Entry, 'picked' | 'resumes'>, handle: UploadHandle): void {
    let heldHere = false
    const look = () => {
      const { uploadId, progress } = handle.state
      if (!heldHere && uploadId !== null && (progress.totalBytes ?? 0) >= LIMITS.singlePutBelowBytes) {
        heldHere = true
        holdUpload(uploadId, handle.done)
      }
      this.#changed.add(key)
      this.#tell.call()
    }
    this.#entries.set(key, { ...given, handle, stop: handle.subscribe(look) })
    this.#changed.add(key)
    handle.done.then(
      ({ jobs }) => {
        this.#end(handle)
        this.#onJobs(jobs)
      },
      // The state of the handle says why; the row shows it.
      () => {
        if (handle.state.status === 'ABORTED') this.#end(handle)
      },
    )
  }

  #end({ state: { uploadId } }: UploadHandle): void {
    if (uploadId !== null) this.#over.add(uploadId)
  }

  #flush(): void {
    for (const key of this.#changed) {
      const entry = this.#entries.get(key)
      if (entry !== undefined) this.#transfers.set(key, transferOf(key, entry))
    }
    this.#changed.clear()
    this.#snapshot = [...this.#transfers.values()]
    for (const listener of this.#listeners) listener()
  }
}

function transferOf(key: string, { picked, resumes, handle: { state } }: Entry): Transfer {
  const wantsFile = state.error !== null && WANTS_FILE.includes(state.error.code)
  return {
    key,
    name: state.name,
    sizeBytes: picked?.file.size ?? resumes?.sizeBytes ?? 0,
    uploadId: state.uploadId ?? resumes?.uploadId ?? null,
    remedy: resumes !== null && wantsFile ? 'pick' : 'retry',
    state,
  }
}
