import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { AppError } from '@bellhop/model'
import type { ObjectStore, PromisedPart } from '@bellhop/persistence'

/** A connection that breaks is opened again where the part began; so often for one part, without a byte of progress. */
const TRIES_PER_PART = 4

export interface StoredBytes {
  /** What the store has, which may be more or less than what was promised. */
  readonly sizeBytes: number
  /** Of all of them, lower-case hex. */
  readonly sha256: string
  /** Numbers of the parts whose bytes are not those that were promised. */
  readonly damagedParts: readonly number[]
}

/**
 * Reads an object again, part by part in the order in which they lie there, and holds each against its promise. A part
 * without a hash is held against its length. In memory is never more than what the connection has brought.
 * Null: there is no such object.
 */
export async function readAgain(
  store: Pick<ObjectStore, 'read'>,
  objectKey: string,
  parts: readonly PromisedPart[],
  { signal, onBytes }: { signal: AbortSignal; onBytes?: (readBytes: number) => void },
): Promise<StoredBytes | null> {
  const reader = new ObjectReader(store, objectKey, signal)
  await using _ = reader
  const damagedParts: number[] = []
  let whole = createHash('sha256')
  for (const part of parts) {
    const read = await reader.part(part.sizeBytes, whole, (readBytes) => onBytes?.(readBytes))
    if (!read) return null
    whole = read.whole
    if (read.sizeBytes !== part.sizeBytes || (part.sha256 !== null && read.sha256 !== part.sha256)) {
      damagedParts.push(part.number)
    }
  }
  // Bytes behind the last part belong to nobody's promise.
  const rest = await reader.part(Number.MAX_SAFE_INTEGER, whole, () => {})
  if (!rest) return null
  return { sizeBytes: reader.position, sha256: rest.whole.digest('hex'), damagedParts }
}

interface ReadPart {
  readonly sizeBytes: number
  readonly sha256: string
  readonly whole: Hash
}

/** One stream over the object, opened anew where it breaks. */
class ObjectReader implements AsyncDisposable {
  readonly #store: Pick<ObjectStore, 'read'>
  readonly #objectKey: string
  readonly #signal: AbortSignal
  #chunks: AsyncIterator<Uint8Array> | undefined
  #left: Uint8Array = new Uint8Array()
  /** Where the stream must end. */
  #endsAt = 0
  position = 0

  constructor(store: Pick<ObjectStore, 'read'>, objectKey: string, signal: AbortSignal) {
    this.#store = store
    this.#objectKey = objectKey
    this.#signal = signal
  }

  /** The next bytes, at most so many. Null: there is no such object. */
  async part(sizeBytes: number, before: Hash, onBytes: (readBytes: number) => void): Promise<ReadPart | null> {
    const start = this.position
    for (let tries = 1; ; tries++) {
      const part = createHash('sha256')
      const whole = before.copy()
      try {
        if (!this.#chunks && !(await this.#open())) return null
        while (this.position < start + sizeBytes) {
          const chunk = await this.#next(start + sizeBytes - this.position)
          if (!chunk) break
          part.update(chunk)
          whole.update(chunk)
          this.position += chunk.length
          onBytes(this.position)
        }
        return { sizeBytes: this.position - start, sha256: part.digest('hex'), whole }
      } catch (error) {
        await this.#close()
        this.position = start
        this.#signal.throwIfAborted()
        if (tries === TRIES_PER_PART) throw new AppError('STORE_UNAVAILABLE', undefined, { cause: error })
      }
    }
  }

  async #open(): Promise<boolean> {
    const object = await this.#store.read(this.#objectKey, this.#signal, this.position)
    if (!object) return false
    this.#endsAt = this.position + object.sizeBytes
    this.#chunks = object.stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    return true
  }

  /** Undefined at the end of the object. */
  async #next(atMost: number): Promise<Uint8Array | undefined> {
    if (this.#left.length === 0) {
      const next = await this.#chunks?.next()
      if (!next || next.done) {
        if (this.position < this.#endsAt) throw new Error(`The store broke off at ${this.position} of ${this.#endsAt}.`)
        return undefined
      }
      this.#left = next.value
    }
    const chunk = this.#left.subarray(0, atMost)
    this.#left = this.#left.subarray(chunk.length)
    return chunk
  }

  async #close(): Promise<void> {
    const chunks = this.#chunks
    this.#chunks = undefined
    this.#left = new Uint8Array()
    // A stream that broke has nothing more to say about it.
    await chunks?.return?.().catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}
