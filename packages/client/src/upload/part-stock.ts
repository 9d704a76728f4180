import { LIMITS, partLength } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import { sourceDiffers } from './failures.ts'
import type { PartRange, PreparedPart, UploadSource } from './source.ts'
import type { PartToSign } from './upload-port.ts'
import type { UploadWork } from './upload-work.ts'

/** The parts that are read and not yet in the store, and how long each part is. */
export class PartStock {
  readonly #work: UploadWork
  readonly #source: UploadSource
  readonly #parts = new Map<number, PreparedPart>()
  /** Of a stream of unknown length, once it has ended. */
  #end: { readonly partCount: number; readonly sizeBytes: number; readonly lastBytes: number } | null = null

  constructor(work: UploadWork, source: UploadSource) {
    this.#work = work
    this.#source = source
  }

  get(number: number): PreparedPart | undefined {
    return this.#parts.get(number)
  }

  async prepare(number: number, signal: AbortSignal): Promise<PreparedPart> {
    if (this.#work.partCount === null && number > LIMITS.maxPartCount) throw streamTooLong()
    this.release(number)
    const part = await this.#source.prepare(this.#range(number), signal)
    if (signal.aborted) part.release()
    else this.#parts.set(number, part)
    if (this.#work.partCount === null && part.last) {
      const lastBytes = part.sizeBytes
      this.#end = { partCount: number, sizeBytes: (number - 1) * this.#work.partSizeBytes + lastBytes, lastBytes }
    }
    return part
  }

  /** A part that arrived in another run must be what the source has now, or two files would be mixed into one. */
  async compare(number: number, signal: AbortSignal): Promise<void> {
    const promised = this.#work.arrived.get(number)
    const part = await this.#source.prepare(this.#range(number), signal)
    part.release()
    if (promised && part.sha256 !== null && part.sha256 !== promised) throw sourceDiffers(this.#source.name)
  }

  /** What is promised to the server of parts that are in stock. */
  promises(numbers: readonly number[]): PartToSign[] {
    return numbers.map((number) => {
      const part = this.#parts.get(number)
      return {
        number,
        ...(part?.sha256 ? { sha256: part.sha256 } : {}),
        ...(part && this.#work.sizeBytes === null ? { sizeBytes: part.sizeBytes } : {}),
      }
    })
  }

  /** Of a stream of unknown length: known with its last part. */
  get streamBytes(): number | null {
    return this.#end?.sizeBytes ?? null
  }

  lengthOf(number: number): number {
    return this.#end?.partCount === number ? this.#end.lastBytes : this.#range(number).sizeBytes
  }

  release(number: number): void {
    this.#parts.get(number)?.release()
    this.#parts.delete(number)
  }

  releaseAll(): void {
    for (const number of this.#parts.keys()) this.release(number)
  }

  #range(number: number): PartRange {
    const { sizeBytes, partSizeBytes } = this.#work
    const offset = (number - 1) * partSizeBytes
    return {
      number,
      offset,
      sizeBytes: sizeBytes === null ? partSizeBytes : partLength(number, sizeBytes, partSizeBytes),
    }
  }
}

function streamTooLong(): BellhopError {
  const most = LIMITS.maxPartCount * LIMITS.unknownSizePartBytes
  return new BellhopError(
    'FILE_TOO_LARGE',
    `A stream of unknown length may have ${most} bytes; tell \`sizeBytes\` to send a longer one.`,
  )
}
