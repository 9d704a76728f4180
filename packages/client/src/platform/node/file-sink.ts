import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { BellhopError } from '../../bellhop-error.ts'
import { readBegunDownload, writeBegunDownload } from '../../download/begun-download.ts'
import type { BegunDownload } from '../../download/begun-download.ts'
import type { FileSink } from '../../download/sink.ts'

/** Writes to `<path>.part`, and renames it when it is whole; `<path>.part.json` says what of it is there. */
export class NodeFileSink implements FileSink {
  readonly kind = 'file'
  readonly left: BegunDownload | null
  readonly #path: string
  #file: FileHandle
  #noted: boolean

  private constructor(path: string, file: FileHandle, left: BegunDownload | null) {
    this.#path = path
    this.#file = file
    this.left = left
    this.#noted = left !== null
  }

  static async open(path: string): Promise<NodeFileSink> {
    try {
      const left = await findLeft(path)
      return left ? new NodeFileSink(path, left.file, left.begun) : new NodeFileSink(path, await openNew(path), null)
    } catch (cause) {
      throw unwritable(path, cause)
    }
  }

  begin(sizeBytes: number): Promise<void> {
    return this.#try(async () => {
      await this.#file.close()
      this.#file = await openNew(this.#path)
      this.#noted = false
      await this.#file.truncate(sizeBytes)
    })
  }

  write(chunk: Uint8Array, position: number): Promise<void> {
    return this.#try(async () => {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, at, chunk.length - at, position + at)
        at += bytesWritten
      }
    })
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#try(async () => {
      const bytes = Buffer.allocUnsafe(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await this.#file.read(bytes, filled, length - filled, position + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    })
  }

  note(begun: BegunDownload): Promise<void> {
    return this.#try(async () => {
      await this.#file.datasync()
      const noted = notePath(this.#path)
      await writeFile(`${noted}.new`, writeBegunDownload(begun), { flush: true })
      await rename(`${noted}.new`, noted)
      this.#noted = true
    })
  }

  finish(): Promise<void> {
    return this.#try(async () => {
      await this.#file.sync()
      await this.#expectOurs()
      await this.#file.close()
      await rename(asidePath(this.#path), this.#path)
      await this.#forget()
    })
  }

  async keep(): Promise<void> {
    if (!this.#noted) return this.discard()
    await this.#file.close().catch(() => {})
  }

  async discard(): Promise<void> {
    const ours = await this.#isOurs().catch(() => false)
    await this.#file.close().catch(() => {})
    if (!ours) return
    await rm(asidePath(this.#path), { force: true })
    await this.#forget()
  }

  async #forget(): Promise<void> {
    await rm(notePath(this.#path), { force: true })
    await rm(`${notePath(this.#path)}.new`, { force: true })
  }

  async #expectOurs(): Promise<void> {
    if (await this.#isOurs()) return
    throw new BellhopError(
      'TARGET_UNWRITABLE',
      `Another download to ${this.#path} has begun since; let one of them end.`,
    )
  }

  /** Two downloads to one path: whoever began last has made another file of that name. */
  async #isOurs(): Promise<boolean> {
    const [named, ours] = await Promise.all([stat(asidePath(this.#path)), this.#file.stat()])
    return named.ino === ours.ino
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw cause instanceof BellhopError ? cause : unwritable(this.#path, cause)
    }
  }
}

function asidePath(path: string): string {
  return `${path}.part`
}

function notePath(path: string): string {
  return `${path}.part.json`
}

async function findLeft(path: string): Promise<{ begun: BegunDownload; file: FileHandle } | null> {
  const text = await readFile(notePath(path), 'utf8').catch(() => null)
  const begun = text === null ? null : readBegunDownload(text)
  const file = begun && (await open(asidePath(path), 'r+').catch(() => null))
  if (!file) return null
  if ((await file.stat()).size === begun.sizeBytes) return { begun, file }
  await file.close()
  return null
}

/** A file of its own, so that what still writes to one of the same name does not write into it. */
async function openNew(path: string): Promise<FileHandle> {
  await rm(notePath(path), { force: true })
  await rm(asidePath(path), { force: true })
  return open(asidePath(path), 'wx+')
}

function unwritable(path: string, cause: unknown): BellhopError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new BellhopError('TARGET_UNWRITABLE', `${path} cannot be written (${reason}).`, { cause })
}
