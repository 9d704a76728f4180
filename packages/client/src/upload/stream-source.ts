import { BellhopError } from '../bellhop-error.ts'
import type { PartRange, PreparedPart, UploadSource } from './source.ts'

interface StreamSourceOptions {
  readonly name: string
  /** The stream must yield exactly that many. Null: it ends when it ends. */
  readonly sizeBytes: number | null
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>
}

/** Read once, in order. A part stays in memory until the store has it, for it cannot be read again. */
export class StreamSource implements UploadSource {
  readonly name: string
  readonly mediaType = ''
  readonly sizeBytes: number | null
  readonly lastModifiedMs = null
  readonly rereadable = false
  readonly #options: StreamSourceOptions
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #held = new Map<number, { readonly bytes: Uint8Array<ArrayBuffer>; readonly last: boolean }>()
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

  fingerprint(): Promise<null> {
    return Promise.resolve(null)
  }

  async prepare(range: PartRange): Promise<PreparedPart> {
    const part = this.#held.get(range.number) ?? (await this.#read(range))
    this.#held.set(range.number, part)
    const { bytes, last } = part
    return {
      sizeBytes: bytes.length,
      last,
      sha256: await this.#options.sha256(bytes),
      content: { kind: 'bytes', bytes },
      check: async () => {},
      release: () => this.#held.delete(range.number),
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #read({ offset, sizeBytes }: PartRange): Promise<{ bytes: Uint8Array<ArrayBuffer>; last: boolean }> {
    if (offset < this.#position) {
      throw new BellhopError('SOURCE_UNREADABLE', 'A stream cannot be read twice; give the file or its bytes instead.')
    }
    while (this.#position < offset) this.#position += (await this.#expect(offset - this.#position)).length
    const bytes = new Uint8Array(sizeBytes)
    let filled = 0
    while (filled < sizeBytes && (this.sizeBytes !== null || (await this.#more()))) {
      const chunk = await this.#expect(sizeBytes - filled)
      bytes.set(chunk, filled)
      filled += chunk.length
    }
    this.#position = offset + filled
    const last = this.sizeBytes === null ? !(await this.#more()) : this.#position === this.sizeBytes
    if (last && (await this.#more())) throw this.#wrongLength('goes on after')
    return { bytes: bytes.subarray(0, filled), last }
  }

  async #expect(atMost: number): Promise<Uint8Array> {
    if (!(await this.#more())) throw this.#wrongLength('ended before')
    const taken = this.#rest.subarray(0, atMost)
    this.#rest = this.#rest.subarray(taken.length)
    return taken
  }

  /** Waits for the next chunk, so that the end is known with the last byte. */
  async #more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return false
      this.#rest = value
    }
    return true
  }

  #wrongLength(how: string): BellhopError {
    return new BellhopError('SOURCE_CHANGED', `The stream ${how} the ${this.sizeBytes} bytes that were announced.`)
  }
}
