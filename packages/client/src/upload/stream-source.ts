import { BellhopError } from '../bellhop-error.ts'
import type { PartRange, PreparedPart, UploadSource } from './source.ts'

interface StreamSourceOptions {
  readonly name: string
  /** The stream must yield exactly that many. */
  readonly sizeBytes: number
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>
}

/** Read once, in order. A part stays in memory until the store has it, for it cannot be read again. */
export class StreamSource implements UploadSource {
  readonly name: string
  readonly mediaType = ''
  readonly sizeBytes: number
  readonly #options: StreamSourceOptions
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #held = new Map<number, Uint8Array<ArrayBuffer>>()
  #rest: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(stream: AsyncIterable<Uint8Array>, options: StreamSourceOptions) {
    this.#options = options
    this.#chunks = stream[Symbol.asyncIterator]()
    this.name = options.name
    this.sizeBytes = options.sizeBytes
  }

  buffered(): boolean {
    return true
  }

  async prepare(range: PartRange): Promise<PreparedPart> {
    const bytes = this.#held.get(range.number) ?? (await this.#read(range))
    this.#held.set(range.number, bytes)
    return {
      sha256: await this.#options.sha256(bytes),
      content: { kind: 'bytes', bytes },
      check: async () => {},
      release: () => this.#held.delete(range.number),
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #read({ offset, sizeBytes }: PartRange): Promise<Uint8Array<ArrayBuffer>> {
    if (offset < this.#position) {
      throw new BellhopError('SOURCE_UNREADABLE', 'A stream cannot be read twice; give the file or its bytes instead.')
    }
    while (this.#position < offset) this.#position += (await this.#take(offset - this.#position)).length
    const bytes = new Uint8Array(sizeBytes)
    let filled = 0
    while (filled < sizeBytes) {
      const chunk = await this.#take(sizeBytes - filled)
      bytes.set(chunk, filled)
      filled += chunk.length
    }
    this.#position = offset + sizeBytes
    if (this.#position === this.sizeBytes) await this.#expectEnd()
    return bytes
  }

  async #take(atMost: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) throw this.#wrongLength('ended before')
      this.#rest = value
    }
    const taken = this.#rest.subarray(0, atMost)
    this.#rest = this.#rest.subarray(taken.length)
    return taken
  }

  async #expectEnd(): Promise<void> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return
      this.#rest = value
    }
    throw this.#wrongLength('goes on after')
  }

  #wrongLength(how: string): BellhopError {
    return new BellhopError('SOURCE_CHANGED', `The stream ${how} the ${this.sizeBytes} bytes that were announced.`)
  }
}
