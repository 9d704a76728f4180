import { MIB } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PartContent, PartRange, PreparedPart, UploadSource } from './source.ts'

/** Larger parts (of files beyond 500 GiB) go up unhashed: WebCrypto hashes whole buffers only. */
const HASHED_PART_BYTES = 64 * MIB

interface BlobSourceOptions {
  readonly name: string | undefined
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string | null>
  /** A browser sends a slice of a file without reading it into memory; Node does better with the bytes at hand. */
  readonly sends: 'blob' | 'bytes'
}

/** A Blob or a File: slices are lazy, so that only what is being hashed lies in memory. */
export class BlobSource implements UploadSource {
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly lastModifiedMs: number | null
  readonly rereadable = true
  readonly #blob: Blob
  readonly #options: BlobSourceOptions

  constructor(blob: Blob, options: BlobSourceOptions) {
    this.#blob = blob
    this.#options = options
    this.name = options.name ?? (blob instanceof File ? blob.name : 'unnamed')
    this.mediaType = blob.type
    this.sizeBytes = blob.size
    this.lastModifiedMs = blob instanceof File ? blob.lastModified : null
  }

  buffered(): boolean {
    return this.#options.sends === 'bytes'
  }

  fingerprint(): Promise<string | null> {
    return fingerprintOf(
      this.sizeBytes,
      (offset, sizeBytes) => this.#read(this.#blob.slice(offset, offset + sizeBytes)),
      this.#options.sha256,
    )
  }

  async prepare({ offset, sizeBytes }: PartRange): Promise<PreparedPart> {
    const slice = this.#blob.slice(offset, offset + sizeBytes)
    let sha256: string | null = null
    let content: PartContent = { kind: 'blob', blob: slice }
    if (sizeBytes <= HASHED_PART_BYTES) {
      const bytes = await this.#read(slice)
      sha256 = await this.#options.sha256(bytes)
      if (this.#options.sends === 'bytes') content = { kind: 'bytes', bytes }
    }
    return {
      sizeBytes,
      sha256,
      content,
      check: async () => {
        if (content.kind === 'blob') await this.#read(slice.slice(0, 1))
      },
      release: () => {},
    }
  }

  async close(): Promise<void> {}

  async #read(slice: Blob): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await slice.arrayBuffer())
    } catch (cause) {
      // A browser refuses to read a File whose size or time on disk is no longer what it was when it was picked.
      throw new BellhopError('SOURCE_CHANGED', `${this.name} was changed or removed since it was picked.`, { cause })
    }
  }
}
