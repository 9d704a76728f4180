import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { createHash, hash } from 'node:crypto'
import { basename } from 'node:path'
import { MIB } from '@bellhop/model'
import { BellhopError } from '../../bellhop-error.ts'
import { fingerprintOf } from '../../upload/fingerprint.ts'
import type { PartRange, PreparedPart, UploadSource } from '../../upload/source.ts'
import { bufferShelf } from './buffer-shelf.ts'

/** Up to here a part is read once, into a buffer that is used again; beyond, it is read twice, in small pieces. */
const BUFFERED_PART_BYTES = 32 * MIB
const PIECE_BYTES = MIB

/** A file on disk. Its size and time are compared after each reading, and before each sending. */
export class NodeFileSource implements UploadSource {
  readonly name: string
  readonly mediaType = ''
  readonly sizeBytes: number
  readonly lastModifiedMs: number
  readonly rereadable = true
  readonly #path: string
  readonly #file: FileHandle
  readonly #opened: Stats

  private constructor(path: string, name: string, file: FileHandle, opened: Stats) {
    this.#path = path
    this.#file = file
    this.#opened = opened
    this.name = name
    this.sizeBytes = opened.size
    this.lastModifiedMs = opened.mtimeMs
  }

  static async open(path: string, name = basename(path)): Promise<NodeFileSource> {
    let file: FileHandle
    try {
      file = await open(path, 'r')
    } catch (cause) {
      throw new BellhopError('SOURCE_UNREADABLE', `${path} cannot be read (${reasonOf(cause)}).`, { cause })
    }
    const stats = await file.stat()
    if (stats.isFile()) return new NodeFileSource(path, name, file, stats)
    await file.close()
    const what = stats.isDirectory() ? 'is a folder' : 'is no regular file'
    throw new BellhopError('SOURCE_UNREADABLE', `${path} ${what}; give a file, or a stream and its size.`)
  }

  buffered(partSizeBytes: number): boolean {
    return partSizeBytes <= BUFFERED_PART_BYTES
  }

  fingerprint(): Promise<string | null> {
    return fingerprintOf(
      this.sizeBytes,
      async (offset, sizeBytes) => {
        const sample = Buffer.alloc(sizeBytes)
        await this.#fill(sample, offset)
        return sample
      },
      (bytes) => Promise.resolve(hash('sha256', bytes, 'hex')),
    )
  }

  async prepare(range: PartRange, signal: AbortSignal): Promise<PreparedPart> {
    const prepared = this.buffered(range.sizeBytes)
      ? await this.#intoBuffer(range)
      : await this.#inPieces(range, signal)
    await this.#expectUnchanged()
    return prepared
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  /** Each piece is hashed while the next is read, and between two of them others have their turn: requests wait for keys. */
  async #intoBuffer({ offset, sizeBytes }: PartRange): Promise<PreparedPart> {
    const buffer = bufferShelf.take(sizeBytes)
    const bytes = buffer.subarray(0, sizeBytes)
    const sha256 = createHash('sha256')
    const read = async (at: number) => {
      const piece = bytes.subarray(at, at + PIECE_BYTES)
      await this.#fill(piece, offset + at)
      return piece
    }
    let reading = read(0)
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const piece = await reading
      if (at + PIECE_BYTES < sizeBytes) reading = read(at + PIECE_BYTES)
      sha256.update(piece)
    }
    return {
      sizeBytes,
      sha256: sha256.digest('hex'),
      content: { kind: 'bytes', bytes },
      check: () => this.#expectUnchanged(),
      release: bufferShelf.giverOf(buffer),
    }
  }

  async #inPieces(range: PartRange, signal: AbortSignal): Promise<PreparedPart> {
    const sha256 = createHash('sha256')
    for await (const piece of this.#pieces(range)) {
      signal.throwIfAborted()
      sha256.update(piece)
    }
    return {
      sizeBytes: range.sizeBytes,
      sha256: sha256.digest('hex'),
      content: { kind: 'stream', open: () => this.#pieces(range) },
      check: () => this.#expectUnchanged(),
      release: () => {},
    }
  }

  async *#pieces({ offset, sizeBytes }: PartRange): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, sizeBytes - at))
      await this.#fill(piece, offset + at)
      yield piece
    }
  }

  async #fill(bytes: Buffer, offset: number): Promise<void> {
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await this.#file
        .read(bytes, filled, bytes.length - filled, offset + filled)
        .catch((cause: unknown) => {
          throw new BellhopError('SOURCE_UNREADABLE', `${this.#path} cannot be read (${reasonOf(cause)}).`, { cause })
        })
      if (bytesRead === 0) throw this.#changed()
      filled += bytesRead
    }
  }

  async #expectUnchanged(): Promise<void> {
    const now = await this.#file.stat()
    if (now.size !== this.#opened.size || now.mtimeMs !== this.#opened.mtimeMs) throw this.#changed()
  }

  #changed(): BellhopError {
    return new BellhopError(
      'SOURCE_CHANGED',
      `${this.#path} changed while it was uploaded; upload it again once nothing writes to it.`,
    )
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
