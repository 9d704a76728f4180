import { MIB } from '@bellhop/model'

/** Smaller ones cost nothing to make. */
const WORTH_KEEPING_BYTES = MIB
const KEPT_BYTES = 64 * MIB
/** A process that uploads nothing keeps nothing. */
const KEPT_FOR_MS = 5_000

/**
 * Buffers for parts, used again by whichever upload comes next. Making them anew for each file of 100 MiB made V8 collect
 * its whole heap two or three times a file, 11 ms each.
 */
class BufferShelf {
  readonly #buffers: Buffer<ArrayBuffer>[] = []
  #bytes = 0
  #clearing: NodeJS.Timeout | undefined

  /** At least that long. */
  take(sizeBytes: number): Buffer<ArrayBuffer> {
    const index = this.#buffers.findIndex(({ length }) => length >= sizeBytes && length <= 2 * sizeBytes)
    const [found] = index < 0 ? [] : this.#buffers.splice(index, 1)
    if (!found) return Buffer.allocUnsafeSlow(sizeBytes)
    this.#bytes -= found.length
    return found
  }

  /** Gives it back, once: from then on it may hold the part of another file. */
  giverOf(buffer: Buffer<ArrayBuffer>): () => void {
    let given = false
    return () => {
      if (!given) this.#give(buffer)
      given = true
    }
  }

  #give(buffer: Buffer<ArrayBuffer>): void {
    if (buffer.length < WORTH_KEEPING_BYTES || this.#bytes + buffer.length > KEPT_BYTES) return
    this.#buffers.push(buffer)
    this.#bytes += buffer.length
    clearTimeout(this.#clearing)
    this.#clearing = setTimeout(() => {
      this.#buffers.length = 0
      this.#bytes = 0
    }, KEPT_FOR_MS).unref()
  }
}

export const bufferShelf = new BufferShelf()
