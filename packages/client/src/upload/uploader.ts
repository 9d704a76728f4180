import type { CompletedUpload, UploadId, UploadPlan } from '@bellhop/model'
import { LIMITS, partLength, newId } from '@bellhop/model'
import { BellhopError, throwIfAborted } from '../bellhop-error.ts'
import type { Platform, UploadInput } from '../platform/platform.ts'
import type { PreparedPart, UploadSource } from './source.ts'
import { ProgressMeter } from './transfer-progress.ts'
import type { TransferProgress } from './transfer-progress.ts'
import { Observed } from './upload-handle.ts'
import type { UploadHandle, UploadHandleStatus, UploadSnapshot, UploadedFile } from './upload-handle.ts'
import type { UploadPort } from './upload-port.ts'
import { UploadRun } from './upload-run.ts'
import type { UploadWork } from './upload-run.ts'

export interface UploadOptions {
  /** Default: the name of the file or path; `unnamed` for bytes without one. */
  readonly name?: string
  readonly tags?: readonly string[]
  /** Default: what the file says, or what its name lets guess. */
  readonly mediaType?: string
  /** Needed for a stream. */
  readonly sizeBytes?: number
  /** Start the jobs that fit the type. Default true. */
  readonly startJobs?: boolean
  /** At most every 100 ms, and at each change of phase. */
  readonly onProgress?: (progress: TransferProgress) => void
  /** Stops it, aborts it on the server, and rejects with ABORTED. */
  readonly signal?: AbortSignal
}

export type ResumeOptions = Pick<UploadOptions, 'name' | 'sizeBytes' | 'onProgress' | 'signal'>

interface UploaderTools {
  /** One try per call: the machine decides what is tried again. */
  readonly port: UploadPort
  readonly platform: Platform
  readonly stallMs?: number
}

const STATUSES: Readonly<Record<TransferProgress['phase'], UploadHandleStatus>> = {
  hashing: 'HASHING',
  sending: 'SENDING',
  verifying: 'VERIFYING',
  done: 'VERIFYING',
}

/** Starts, resumes and settles uploads; `UploadRun` carries one out. */
export class Uploader {
  readonly #tools: UploaderTools

  constructor(tools: UploaderTools) {
    this.#tools = tools
  }

  start(input: UploadInput, options: UploadOptions): UploadHandle {
    return this.#handle(input, options, (source, signal) => this.#begin(source, options, signal))
  }

  resume(uploadId: UploadId, input: UploadInput, options: ResumeOptions): UploadHandle {
    return this.#handle(input, options, (source, signal) => this.#find(uploadId, source, signal))
  }

  #handle(
    input: UploadInput,
    options: ResumeOptions,
    plan: (source: UploadSource, signal: AbortSignal) => Promise<Planned>,
  ): UploadHandle {
    const cancel = new AbortController()
    const signal = options.signal ? AbortSignal.any([options.signal, cancel.signal]) : cancel.signal
    const observed = new Observed(waiting(input, options))
    const done = this.#carryOut(input, options, plan, signal, observed)
    // Whoever only watches the state need not also catch the promise.
    done.catch(() => {})
    return {
      // Not `crypto.randomUUID`, which a page on plain http does not have.
      id: newId('upload'),
      get state() {
        return observed.value
      },
      subscribe: observed.subscribe,
      done,
      cancel: () => cancel.abort(),
    }
  }

  async #carryOut(
    input: UploadInput,
    options: ResumeOptions,
    plan: (source: UploadSource, signal: AbortSignal) => Promise<Planned>,
    signal: AbortSignal,
    observed: Observed<UploadSnapshot>,
  ): Promise<UploadedFile> {
    const change = (next: Partial<UploadSnapshot>) => observed.set({ ...observed.value, ...next })
    let source: UploadSource | undefined
    try {
      using _turn = await this.#tools.platform.uploads.take(signal)
      source = await this.#tools.platform.openSource(input, options)
      const meter = new ProgressMeter(source.sizeBytes, (progress) => {
        change({ progress, status: STATUSES[progress.phase] })
        options.onProgress?.(progress)
      })
      change({
        name: source.name,
        status: 'HASHING',
        progress: { ...observed.value.progress, totalBytes: source.sizeBytes },
      })
      const planned = await plan(source, signal)
      change({ uploadId: planned.work.uploadId, fileId: planned.fileId })
      meter.skip(planned.arrivedBytes)
      const { platform, port, stallMs } = this.#tools
      const run = new UploadRun(planned.work, {
        port,
        platform,
        source,
        meter,
        signal,
        ...(stallMs === undefined ? {} : { stallMs }),
      })
      const file = uploadedFile(await run.run())
      change({ status: 'DONE', file })
      return file
    } catch (cause) {
      const error = cause instanceof BellhopError ? cause : new BellhopError('INTERNAL', 'The upload broke.', { cause })
      change({ status: error.code === 'ABORTED' ? 'ABORTED' : 'FAILED', error })
      throw error
    } finally {
      await source?.close()
    }
  }

  async #begin(source: UploadSource, options: UploadOptions, signal: AbortSignal): Promise<Planned> {
    const { sizeBytes } = source
    const mediaType = options.mediaType ?? source.mediaType
    const whole = sizeBytes < LIMITS.singlePutBelowBytes ? await prepareWhole(source, signal) : undefined
    throwIfAborted(signal)
    const plan = await this.#tools.port.start(
      {
        name: source.name,
        sizeBytes,
        ...(mediaType ? { mediaType } : {}),
        ...(options.tags ? { tags: [...options.tags] } : {}),
        ...(options.startJobs === undefined ? {} : { startJobs: options.startJobs }),
        ...(whole?.sha256 ? { sha256: whole.sha256 } : {}),
      },
      // The answer must be seen, cancelled or not: without the id, nothing could tell the server.
      new AbortController().signal,
    )
    return { work: workOf(plan, whole), fileId: plan.fileId, arrivedBytes: 0 }
  }

  async #find(uploadId: UploadId, source: UploadSource, signal: AbortSignal): Promise<Planned> {
    const found = await this.#tools.port.get({ uploadId }, signal)
    const { sizeBytes, partCount } = found
    if (sizeBytes === null || partCount === null) {
      throw new BellhopError('SOURCE_UNREADABLE', 'A stream cannot be read twice; upload it anew.')
    }
    if (found.sizeBytes !== source.sizeBytes) {
      throw new BellhopError(
        'SOURCE_CHANGED',
        `Upload ${uploadId} is of ${found.sizeBytes} bytes, and ${source.name} has ${source.sizeBytes}; give the same file.`,
        { details: { uploadId } },
      )
    }
    const partSizeBytes = found.mode === 'single' ? sizeBytes : found.partSizeBytes
    // Of an upload that has ended, completing answers the file or says why there is none.
    const ended = found.status !== 'OPEN'
    const arrived = ended ? allParts(partCount) : new Set(found.arrived.map(({ number }) => number))
    let arrivedBytes = 0
    for (const number of arrived) arrivedBytes += partLength(number, sizeBytes, partSizeBytes)
    return { work: { ...found, sizeBytes, partCount, partSizeBytes, arrived }, fileId: found.fileId, arrivedBytes }
  }
}

interface Planned {
  readonly work: UploadWork
  readonly fileId: UploadPlan['fileId']
  readonly arrivedBytes: number
}

function prepareWhole(source: UploadSource, signal: AbortSignal): Promise<PreparedPart> {
  return source.prepare({ number: 1, offset: 0, sizeBytes: source.sizeBytes }, signal)
}

function workOf(plan: UploadPlan, whole: PreparedPart | undefined): UploadWork {
  const { uploadId, mode } = plan
  const sizeBytes = plan.sizeBytes ?? 0
  if (plan.mode === 'multipart') {
    const { partSizeBytes } = plan
    const partCount = plan.partCount ?? 0
    return { uploadId, mode: 'multipart', sizeBytes, partSizeBytes, partCount, arrived: new Set() }
  }
  const single = { uploadId, mode, sizeBytes, partSizeBytes: sizeBytes, partCount: 1, arrived: new Set<number>() }
  return whole ? { ...single, ready: { part: whole, put: plan.put } } : single
}

function allParts(partCount: number): Set<number> {
  return new Set(Array.from({ length: partCount }, (_, index) => index + 1))
}

function uploadedFile({ file, jobs }: CompletedUpload): UploadedFile {
  return { ...file, jobs }
}

function waiting(input: UploadInput, options: ResumeOptions): UploadSnapshot {
  const named = options.name ?? (typeof input === 'string' ? input.split(/[/\\]/).at(-1) : undefined)
  const name = named ?? (input instanceof File ? input.name : 'unnamed')
  const totalBytes = input instanceof Blob ? input.size : (options.sizeBytes ?? 0)
  return {
    status: 'WAITING',
    name,
    uploadId: null,
    fileId: null,
    progress: { phase: 'hashing', sentBytes: 0, totalBytes, bytesPerSecond: 0, etaMs: null },
    file: null,
    error: null,
  }
}
