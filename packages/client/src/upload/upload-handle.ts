import type { FileId, FileRecord, JobSnapshot, UploadId } from '@bellhop/model'
import type { BellhopError } from '../bellhop-error.ts'
import type { TransferProgress } from './transfer-progress.ts'

/** The verified file, and the jobs that started by themselves. */
export interface UploadedFile extends FileRecord {
  readonly jobs: readonly JobSnapshot[]
}

/**
 * WAITING: other uploads come first. PAUSED: by `pause`, until `goOn`. FAILED may be gone on with when `uploadId` is known and
 * the source unchanged.
 */
export type UploadHandleStatus =
  | 'WAITING'
  | 'HASHING'
  | 'SENDING'
  | 'PAUSED'
  | 'VERIFYING'
  | 'DONE'
  | 'FAILED'
  | 'ABORTED'

/** Never changed in place: a new object for each change. */
export interface UploadSnapshot {
  readonly status: UploadHandleStatus
  readonly name: string
  /** Null until the server has taken the upload up. */
  readonly uploadId: UploadId | null
  readonly fileId: FileId | null
  readonly progress: TransferProgress
  /** Once DONE. */
  readonly file: UploadedFile | null
  /** Once FAILED or ABORTED. */
  readonly error: BellhopError | null
}

/** One upload as a user interface sees it: `useSyncExternalStore(handle.subscribe, () => handle.state)`. */
export interface UploadHandle {
  /** Of the upload, from before the server knows of it. */
  readonly id: UploadId
  readonly state: UploadSnapshot
  readonly subscribe: (listener: () => void) => () => void
  readonly done: Promise<UploadedFile>
  /**
   * Stops what is in flight and lets other uploads have the connections; what has arrived stays. It may last as long as the
   * server keeps the upload open, 7 days from its start. Nothing happens once all bytes are there.
   */
  readonly pause: () => void
  /** After `pause`. */
  readonly goOn: () => void
  /** Stops it and tells the server. `done` then rejects with ABORTED. */
  readonly cancel: () => void
}

/** A value with listeners. */
export class Observed<T> {
  readonly #listeners = new Set<() => void>()
  #value: T

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    for (const listener of this.#listeners) listener()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }
}
