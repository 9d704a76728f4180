import { appendFile, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { systemCode } from '../local-stack-error.ts'
import type { Blobs } from './blobs.ts'
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.ts'
import { flushFolder, readJson, replaceJson } from './durable-file.ts'
import { S3Error } from './errors.ts'
import { KeyedLock } from './keyed-lock.ts'
import type { ObjectHeaders } from './object-headers.ts'

const UPLOAD_FILE = 'upload.json'
const PARTS_FILE = 'parts.ndjson'

export type UploadInfo = ObjectHeaders & {
  id: string
  key: string
  /** ISO 8601. */
  initiated: string
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType }
}

export type Part = {
  partNumber: number
  blob: string
  sizeBytes: number
  etag: string
  lastModified: string
  checksum?: Checksum
}

export type MultipartUpload = UploadInfo & { parts: Map<number, Part> }

/**
 * The multipart uploads of a bucket: a folder each, with what the upload is to become and a line for each part. They are
 * held in memory too, so that completing one costs no more than a look at its parts.
 */
export class MultipartUploads {
  readonly #dir: string
  readonly #temporaryDir: string
  readonly #blobs: Blobs
  readonly #lock = new KeyedLock()
  readonly #uploads = new Map<string, MultipartUpload>()

  constructor(dir: string, temporaryDir: string, blobs: Blobs) {
    this.#dir = dir
    this.#temporaryDir = temporaryDir
    this.#blobs = blobs
  }

  /** Reads what an earlier run has left. An upload that became an object before a crash could say so is over. */
  async load(becameObject: (upload: UploadInfo) => Promise<boolean>): Promise<void> {
    for (const id of await readdir(this.#dir)) {
      const info = await readJson<UploadInfo>(join(this.#dir, id, UPLOAD_FILE))
      if (info && !(await becameObject(info))) this.#uploads.set(id, { ...info, parts: await this.#readParts(id) })
      else await this.#forget(id)
    }
  }

  async create(info: Omit<UploadInfo, 'id'>): Promise<MultipartUpload> {
    const upload = { ...info, id: randomUUID(), parts: new Map<number, Part>() }
    const { parts: _, ...kept } = upload
    const folder = join(this.#dir, upload.id)
    await mkdir(folder, { mode: 0o700 })
    await replaceJson(join(folder, UPLOAD_FILE), kept, this.#temporaryDir)
    await flushFolder(this.#dir)
    this.#uploads.set(upload.id, upload)
    return upload
  }

  /** Throws `NoSuchUpload`, also when the upload is of another key. */
  get(id: string | undefined, key: string): MultipartUpload {
    const upload = this.#uploads.get(id ?? '')
    if (!upload || upload.key !== key) throw new S3Error('NoSuchUpload')
    return upload
  }

  all(): MultipartUpload[] {
    return [...this.#uploads.values()]
  }

  /** Records a part, in the place of an earlier one of its number. The blob is removed when the upload has ended meanwhile. */
  async addPart(upload: MultipartUpload, part: Part): Promise<void> {
    await this.#lock.run(upload.id, async () => {
      if (!this.#uploads.has(upload.id)) {
        await this.#blobs.remove([part.blob])
        throw new S3Error('NoSuchUpload')
      }
      const file = await open(join(this.#dir, upload.id, PARTS_FILE), 'a', 0o600)
      try {
        await appendFile(file, `${JSON.stringify(part)}\n`)
        await file.datasync()
      } finally {
        await file.close()
      }
      const earlier = upload.parts.get(part.partNumber)
      upload.parts.set(part.partNumber, part)
      if (earlier) await this.#blobs.remove([earlier.blob])
    })
  }

  /** Ends the upload once `finish` has made an object of it, which keeps the blobs that it returns. */
  async complete(upload: MultipartUpload, finish: () => Promise<Set<string>>): Promise<void> {
    await this.#lock.run(upload.id, async () => {
      this.get(upload.id, upload.key)
      const kept = await finish()
      await this.#end(upload, kept)
    })
  }

  async abort(upload: MultipartUpload): Promise<void> {
    await this.#lock.run(upload.id, async () => {
      this.get(upload.id, upload.key)
      await this.#end(upload, new Set())
    })
  }

  /** The folder goes before the blobs: a crash in between leaves garbage, never an upload without its bytes. */
  async #end(upload: MultipartUpload, kept: Set<string>): Promise<void> {
    this.#uploads.delete(upload.id)
    await this.#forget(upload.id)
    const blobs = Array.from(upload.parts.values(), ({ blob }) => blob)
    await this.#blobs.remove(blobs.filter((blob) => !kept.has(blob)))
  }

  async #forget(id: string): Promise<void> {
    const grave = join(this.#temporaryDir, id)
    await rename(join(this.#dir, id), grave)
    await flushFolder(this.#dir)
    await rm(grave, { recursive: true, force: true })
  }

  async #readParts(id: string): Promise<Map<number, Part>> {
    const parts = new Map<number, Part>()
    for (const line of (await readLines(join(this.#dir, id, PARTS_FILE))).filter(Boolean)) {
      try {
        const part = JSON.parse(line) as Part
        parts.set(part.partNumber, part)
      } catch {
        // A crash cut this line off, before the client was told that the part is kept.
      }
    }
    return parts
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
