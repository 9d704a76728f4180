import { randomUUID } from 'node:crypto'
import { copyFile, constants, type FileHandle, link, mkdir, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemCode } from '../local-stack-error.ts'
import { flushFolder } from './durable-file.ts'

const WRITE_BYTES = 1024 * 1024
const READ_BYTES = 256 * 1024

/** A run of bytes of an object: one blob, or a part of it. */
export type Segment = { blob: string; offset: number; length: number }

/**
 * The bytes of objects, as files under random names that never change once written. An object becomes visible by the
 * record that names its blobs, so a blob that no record names is garbage.
 */
export class Blobs {
  readonly #dir: string
  readonly #folders = new Map<string, Promise<string>>()
  readonly #readers = new Map<string, number>()
  readonly #doomed = new Set<string>()

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Writes the chunks to a new blob and flushes it; nothing is left when they end with an error. */
  async write(chunks: AsyncIterable<Buffer>): Promise<{ blob: string; sizeBytes: number }> {
    const blob = randomUUID()
    const path = await this.#pathFor(blob)
    const file = await open(path, 'wx', 0o600)
    let sizeBytes = 0
    try {
      sizeBytes = await writeAll(file, chunks)
      // Together, so that the file system can write both at once.
      await Promise.all([file.datasync(), flushFolder(dirname(path))])
    } catch (error) {
      await file.close()
      await rm(path, { force: true })
      throw error
    }
    await file.close()
    return { blob, sizeBytes }
  }

  /** The same bytes under a new name in another bucket or this one, shared with the old one where the file system can. */
  async duplicate(blob: string, target: Blobs): Promise<string> {
    const copy = randomUUID()
    const [from, to] = [this.#path(blob), await target.#pathFor(copy)]
    try {
      await link(from, to)
    } catch (error) {
      // EMLINK: too many names for one file. EPERM, ENOTSUP: a file system without hard links.
      if (!['EMLINK', 'EPERM', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error
      await copyFile(from, to, constants.COPYFILE_FICLONE)
    }
    await flushFolder(dirname(to))
    return copy
  }

  /** Reads the segments in order, of blobs that the caller holds. */
  async *read(segments: Segment[]): AsyncGenerator<Buffer> {
    for (const { blob, offset, length } of segments) yield* readFile(this.#path(blob), offset, length)
  }

  /** Keeps the blobs until the returned function is called, even when they are removed meanwhile. */
  hold(segments: Segment[]): () => Promise<void> {
    for (const { blob } of segments) this.#readers.set(blob, (this.#readers.get(blob) ?? 0) + 1)
    return async () => {
      for (const { blob } of segments) await this.#release(blob)
    }
  }

  async remove(blobs: Iterable<string>): Promise<void> {
    for (const blob of blobs) {
      if (this.#readers.has(blob)) this.#doomed.add(blob)
      else await rm(this.#path(blob), { force: true })
    }
  }

  async list(): Promise<Set<string>> {
    const folders = await readdir(this.#dir).catch(() => [])
    const names = await Promise.all(folders.map((folder) => readdir(join(this.#dir, folder))))
    return new Set(names.flat())
  }

  async #release(blob: string): Promise<void> {
    const readers = (this.#readers.get(blob) ?? 1) - 1
    if (readers > 0) return void this.#readers.set(blob, readers)
    this.#readers.delete(blob)
    if (this.#doomed.delete(blob)) await rm(this.#path(blob), { force: true })
  }

  #path(blob: string): string {
    return join(this.#dir, blob.slice(0, 2), blob)
  }

  async #pathFor(blob: string): Promise<string> {
    const folder = blob.slice(0, 2)
    let made = this.#folders.get(folder)
    if (!made) {
      const path = join(this.#dir, folder)
      made = mkdir(path, { recursive: true, mode: 0o700 }).then(() => path)
      this.#folders.set(folder, made)
    }
    return join(await made, blob)
  }
}

/** Gathers chunks to large writes, and receives the next ones while a write runs: at most two writes' worth in memory. */
async function writeAll(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<number> {
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  let position = 0
  let writing: Promise<void> = Promise.resolve()
  const flush = async () => {
    await writing
    writing = writeFully(file, gathered, position)
    // The failure is met at the next await of `writing`; without this it would count as unhandled until then.
    writing.catch(() => {})
    position += gatheredBytes
    gathered = []
    gatheredBytes = 0
  }
  try {
    for await (const chunk of chunks) {
      gathered.push(chunk)
      gatheredBytes += chunk.length
      if (gatheredBytes >= WRITE_BYTES) await flush()
    }
    if (gatheredBytes > 0) await flush()
  } finally {
    await writing
  }
  return position
}

async function writeFully(file: FileHandle, chunks: Buffer[], position: number): Promise<void> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const { bytesWritten } = await file.writev(chunks, position)
  if (bytesWritten === total) return
  const rest = Buffer.concat(chunks)
  for (let written = bytesWritten; written < total;) {
    written += (await file.write(rest, written, total - written, position + written)).bytesWritten
  }
}

async function* readFile(path: string, offset: number, length: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    for (let position = offset; position < offset + length;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, offset + length - position))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      if (bytesRead === 0) throw new Error(`The blob ${path} is shorter than its record says.`)
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
