import { BellhopError, abortError } from '../bellhop-error.ts'
import type { UploadInput } from '../platform/platform.ts'
import type { UploadHandle, UploadedFile } from './upload-handle.ts'
import type { UploadOptions } from './upload-options.ts'

/** One of many: an input, and what is said of it alone. */
export interface ManyInput extends Pick<UploadOptions, 'name' | 'tags' | 'mediaType' | 'sizeBytes' | 'startJobs'> {
  readonly input: UploadInput
}

export interface ManyOptions extends Pick<UploadOptions, 'tags' | 'startJobs' | 'signal'> {
  /** Hears of each upload when it begins, to follow its state. */
  readonly onUpload?: (handle: UploadHandle, index: number) => void
}

/** How one of many ended. `index` counts the inputs from 0. */
export type ManyResult =
  | { readonly status: 'done'; readonly index: number; readonly input: UploadInput; readonly file: UploadedFile }
  | { readonly status: 'failed'; readonly index: number; readonly input: UploadInput; readonly error: BellhopError }

/** Inputs taken up and not yet told of. As many small uploads as have room at once, and a few to follow. */
const TAKEN_UP = 24

type StartUpload = (input: UploadInput, options: UploadOptions) => UploadHandle

/**
 * Uploads inputs as they come, a bounded number at a time, and tells how each ended as soon as it has. One that fails does
 * not stop the others. No more inputs are taken than results are read. Whoever stops reading stops the rest.
 */
export async function* uploadMany(
  start: StartUpload,
  inputs: Iterable<UploadInput | ManyInput> | AsyncIterable<UploadInput | ManyInput>,
  { signal, onUpload, ...common }: ManyOptions,
): AsyncGenerator<ManyResult, void, void> {
  const stop = new AbortController()
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const source = iteratorOf(inputs)
  const running = new Map<number, Promise<ManyResult>>()
  let index = 0
  let more = true
  try {
    while (more || running.size > 0) {
      while (more && running.size < TAKEN_UP) {
        if (either.aborted) throw abortError(either)
        const next = await source.next()
        if (next.done) {
          more = false
          break
        }
        const { input, ...own } = isManyInput(next.value) ? next.value : { input: next.value }
        const handle = start(input, { ...common, ...own, signal: either })
        onUpload?.(handle, index)
        running.set(index, settled(handle, input, index))
        index += 1
      }
      if (running.size === 0) return
      const result = await Promise.race(running.values())
      running.delete(result.index)
      if (either.aborted) throw abortError(either)
      yield result
    }
  } finally {
    stop.abort()
    await Promise.all(running.values())
    await source.return?.()
  }
}

function settled({ done }: UploadHandle, input: UploadInput, index: number): Promise<ManyResult> {
  return done.then(
    (file): ManyResult => ({ status: 'done', index, input, file }),
    (cause: unknown): ManyResult => {
      const error = cause instanceof BellhopError ? cause : new BellhopError('INTERNAL', undefined, { cause })
      return { status: 'failed', index, input, error }
    },
  )
}

type AnyIterator = AsyncIterator<UploadInput | ManyInput> | Iterator<UploadInput | ManyInput>

function iteratorOf(inputs: Iterable<UploadInput | ManyInput> | AsyncIterable<UploadInput | ManyInput>): AnyIterator {
  return Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]()
}

function isManyInput(value: UploadInput | ManyInput): value is ManyInput {
  return typeof value === 'object' && 'input' in value
}
