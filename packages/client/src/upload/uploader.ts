import type { CompletedUpload, UploadId } from '@bellhop/model'
import { newId } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import type { Notes } from '../journal/notes.ts'
import type { Platform, UploadInput } from '../platform/platform.ts'
import { PauseSwitch } from './pause-switch.ts'
import { beginning, foundWork, newWork } from './plan-upload.ts'
import type { UploadSource } from './source.ts'
import { ProgressMeter } from './transfer-progress.ts'
import type { TransferProgress } from './transfer-progress.ts'
import type { BeginUpload } from './upload-calls.ts'
import { Observed } from './upload-handle.ts'
import type { UploadHandle, UploadHandleStatus, UploadSnapshot, UploadedFile } from './upload-handle.ts'
import type { ResumeOptions, UploadOptions } from './upload-options.ts'
import type { UploadPort } from './upload-port.ts'
import { UploadRun } from './upload-run.ts'
import { Turn } from './turn.ts'
import { uploadWeight } from './upload-weight.ts'
import type { UploadWork } from './upload-work.ts'

interface UploaderTools {
  /** One try per call: the machine decides what is tried again. */
  readonly port: UploadPort
  readonly platform: Platform
  readonly notes: Notes
  readonly patienceMs?: number
}

interface Planned {
  readonly work: UploadWork
  readonly begin: BeginUpload
  readonly arrivedBytes: number
}

/** An input, or how to come by it. */
type Given = UploadInput | (() => Promise<UploadInput>)

type Plan = (source: UploadSource, input: UploadInput, scene: Scene) => Promise<Planned>

/** One upload that somebody looks at. */
interface Scene {
  readonly input: Given
  readonly options: ResumeOptions
  readonly observed: Observed<UploadSnapshot>
  readonly pause: PauseSwitch
  readonly signal: AbortSignal
}

const STATUSES: Readonly<Record<TransferProgress['phase'], UploadHandleStatus>> = {
  hashing: 'HASHING',
  sending: 'SENDING',
  verifying: 'VERIFYING',
  done: 'VERIFYING',
}

/** Starts, resumes, pauses and settles uploads; `UploadRun` carries one out. */
export class Uploader {
  readonly #tools: UploaderTools

  constructor(tools: UploaderTools) {
    this.#tools = tools
  }

  start(given: UploadInput, options: UploadOptions): UploadHandle {
    const id = newId('upload')
    return this.#handle(id, given, options, async (source, input, scene) => {
      const { port, notes, platform } = this.#tools
      const work = newWork(id, source, platform)
      const large = work.mode === 'multipart' && source.rereadable
      const fingerprint = large ? source.fingerprint(scene.signal) : Promise.resolve(null)
      // What cannot be sampled cannot be read either, and reading says why.
      const print = fingerprint.catch(() => null)
      const start = beginning(port, work, source, options, print, platform)
      const begin: BeginUpload = async (parts) => {
        const plan = await start(parts)
        change(scene, { uploadId: plan.uploadId, fileId: plan.fileId })
        if (large) notes.begun(input, source, { ...plan, fingerprint: await print })
        return plan
      }
      return { work, begin, arrivedBytes: 0 }
    })
  }

  resume(uploadId: UploadId, given: Given, options: ResumeOptions): UploadHandle {
    return this.#handle(uploadId, given, options, async (source, input, scene) => {
      const { port, notes } = this.#tools
      const { work, found } = await foundWork(port, uploadId, source, scene.signal)
      change(scene, { uploadId, fileId: found.fileId })
      if (work.mode === 'multipart') notes.begun(input, source, { uploadId, ...found })
      const begin = () => Promise.reject(new BellhopError('INTERNAL'))
      return { work, begin, arrivedBytes: found.arrivedBytes }
    })
  }

  #handle(id: UploadId, input: Given, options: ResumeOptions, plan: Plan): UploadHandle {
    const cancel = new AbortController()
    const signal = options.signal ? AbortSignal.any([options.signal, cancel.signal]) : cancel.signal
    const observed = new Observed(waiting(input, options))
    const pause = new PauseSwitch()
    const done = this.#carryOut({ input, options, observed, pause, signal }, plan)
    // Whoever only watches the state need not also catch the promise.
    done.catch(() => {})
    return {
      id,
      get state() {
        return observed.value
      },
      subscribe: observed.subscribe,
      done,
      pause: () => pause.set(true),
      goOn: () => pause.set(false),
      cancel: () => cancel.abort(),
    }
  }

  async #carryOut(scene: Scene, plan: Plan): Promise<UploadedFile> {
    const { options, observed, pause, signal } = scene
    const { platform, notes } = this.#tools
    let source: UploadSource | undefined
    const offPause = pause.on((paused) => change(scene, { status: paused ? 'PAUSED' : 'WAITING' }))
    try {
      const input = typeof scene.input === 'function' ? await scene.input() : scene.input
      using turn = new Turn(platform.uploads, uploadWeight(await platform.sizeOf(input, options)), pause, signal)
      await turn.take()
      offPause()
      source = await platform.openSource(input, options)
      const { sizeBytes: totalBytes, name } = source
      change(scene, { name, status: 'HASHING', progress: { ...observed.value.progress, totalBytes } })
      const file = uploadedFile(await this.#run(source, scene, turn, await plan(source, input, scene)))
      await notes.ended(observed.value.uploadId)
      change(scene, { status: 'DONE', file })
      return file
    } catch (cause) {
      const error = cause instanceof BellhopError ? cause : new BellhopError('INTERNAL', 'The upload broke.', { cause })
      await notes.failed(observed.value.uploadId, error)
      change(scene, { status: error.code === 'ABORTED' ? 'ABORTED' : 'FAILED', error })
      throw error
    } finally {
      offPause()
      await source?.close()
    }
  }

  async #run(source: UploadSource, scene: Scene, turn: Turn, planned: Planned): Promise<CompletedUpload> {
    const { options, pause, signal } = scene
    const { platform, port, patienceMs } = this.#tools
    const meter = new ProgressMeter(source.sizeBytes, (progress) => {
      change(scene, { progress, status: run.paused ? 'PAUSED' : STATUSES[progress.phase] })
      options.onProgress?.(progress)
    })
    meter.skip(planned.arrivedBytes)
    const { work, begin } = planned
    const tools = { port, platform, source, meter, signal, begin }
    const run = new UploadRun(work, patienceMs === undefined ? tools : { ...tools, patienceMs })
    const follow = (paused: boolean) => {
      if (paused) run.pause()
      if (!run.paused) return
      change(scene, { status: paused ? 'PAUSED' : 'WAITING' })
      if (paused) return turn.give()
      const goOn = () => {
        run.unpause()
        if (!run.paused) change(scene, { status: 'SENDING' })
      }
      // Whoever cancels it in the queue hears of that from the run.
      turn.take().then(goOn, () => {})
    }
    const offPause = pause.on(follow)
    if (pause.paused) follow(true)
    try {
      return await run.run()
    } finally {
      offPause()
    }
  }
}

function change({ observed }: Scene, next: Partial<UploadSnapshot>): void {
  observed.set({ ...observed.value, ...next })
}

function uploadedFile({ file, jobs }: CompletedUpload): UploadedFile {
  return { ...file, jobs }
}

function waiting(input: Given, options: ResumeOptions): UploadSnapshot {
  const named = options.name ?? (typeof input === 'string' ? input.split(/[/\\]/).at(-1) : undefined)
  const name = named ?? ('name' in Object(input) ? String((input as { name: unknown }).name) : 'unnamed')
  const totalBytes = input instanceof Blob ? input.size : (options.sizeBytes ?? null)
  return {
    status: 'WAITING',
    name,
    uploadId: null,
    fileId: null,
    progress: { phase: 'hashing', sentBytes: 0, totalBytes, bytesPerSecond: 0, etaMs: null, waitingFor: null },
    file: null,
    error: null,
  }
}
