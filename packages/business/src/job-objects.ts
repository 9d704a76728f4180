import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { JobInputError, isId, newId } from '@bellhop/model'
import type {
  FileId,
  JobObjects,
  NewOutput,
  OpenedFile,
  OutputFile,
  OutputId,
  SourceFile,
  Verification,
} from '@bellhop/model'
import {
  findCompletedUploadOf,
  findFile,
  findOutputs,
  findReadyFiles,
  listPromisedParts,
  recordValetKeys,
} from '@bellhop/persistence'
import type { JobRow, PendingOutput } from '@bellhop/persistence'
import type { Platform } from './platform.ts'
import { readAgain } from './stored-bytes.ts'
import { isHashed, stretchesOf } from './upload-proof.ts'

/** What one attempt reads and writes in the store. Its outputs lie under a prefix of its own until it is COMPLETED. */
export class AttemptObjects implements JobObjects {
  readonly #platform: Platform
  readonly #job: JobRow
  readonly #signal: AbortSignal
  readonly #outputs: PendingOutput[] = []
  #readBytes = 0
  #wroteBytes = 0
  #isPutUnanswered = false

  constructor(platform: Platform, job: JobRow, signal: AbortSignal) {
    this.#platform = platform
    this.#job = job
    this.#signal = signal
  }

  get outputs(): readonly PendingOutput[] {
    return this.#outputs
  }

  /** From the store so far. */
  get readBytes(): number {
    return this.#readBytes
  }

  /** To the store so far. */
  get wroteBytes(): number {
    return this.#wroteBytes
  }

  /** A PUT was given up without an answer: its object may still land, after all others were removed. */
  get isPutUnanswered(): boolean {
    return this.#isPutUnanswered
  }

  async download(
    fileId: FileId,
    path: string,
    onBytes: (receivedBytes: number, ofBytes: number) => void = () => {},
  ): Promise<SourceFile> {
    const file = await findFile(this.#platform.database.db, this.#job.workspaceId, fileId)
    const object = file?.status === 'READY' ? await this.#platform.store.read(file.objectKey, this.#signal) : null
    if (!file || !object) throw new JobInputError('FILE_GONE', 'The file was deleted before this job could read it.')
    let receivedBytes = 0
    const counted = new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        receivedBytes += chunk.length
        this.#readBytes += chunk.length
        onBytes(receivedBytes, object.sizeBytes)
        done(null, chunk)
      },
    })
    await pipeline(object.stream, counted, createWriteStream(path), { signal: this.#signal })
    if (receivedBytes !== object.sizeBytes)
      throw new Error(`The store sent ${receivedBytes} of ${object.sizeBytes} bytes.`)
    return { id: file.id, name: file.name, mediaType: file.mediaType, sizeBytes: file.sizeBytes }
  }

  async open(id: FileId | OutputId, wantedLifeMs: number): Promise<OpenedFile> {
    const { database, store, settings } = this.#platform
    const lifeMs = Math.min(wantedLifeMs, settings.keyLife.maxMs)
    const { workspaceId, createdBy } = this.#job
    const [object] = isId('file', id)
      ? await findReadyFiles(database.db, workspaceId, [id])
      : await findOutputs(database.db, workspaceId, [id])
    if (!object) throw new JobInputError('FILE_GONE', 'The file was deleted before this job could read it.')
    if (createdBy === null) throw new Error(`Nobody has asked for ${this.#job.id}, so it is given no key.`)
    const { fileId, name, mediaType, sizeBytes, objectKey } = object
    await recordValetKeys(database.db, [
      { workspaceId, userId: createdBy, fileId, objectKey, sizeBytes, purpose: 'job', lifeMs },
    ])
    return { name, mediaType, sizeBytes, address: store.signRead(objectKey, lifeMs) }
  }

  async verify(
    fileId: FileId,
    onBytes: (readBytes: number, ofBytes: number) => void = () => {},
  ): Promise<Verification> {
    const { database, store } = this.#platform
    const upload = await findCompletedUploadOf(database.db, this.#job.workspaceId, fileId)
    if (!upload) throw new JobInputError('FILE_GONE', 'The file was deleted before this job could read it.')
    const { objectKey, sizeBytes } = upload.file
    const parts = stretchesOf(upload, await listPromisedParts(database.db, upload.id))
    const before = this.#readBytes
    const stored = await readAgain(store, objectKey, parts, {
      signal: this.#signal,
      onBytes: (readBytes) => {
        this.#readBytes = before + readBytes
        onBytes(readBytes, sizeBytes)
      },
    })
    return { promisedBytes: sizeBytes, stored, isHashed: isHashed(parts) }
  }

  async put({ role, name, mediaType, body, width, height }: NewOutput): Promise<OutputFile> {
    const id = newId('output')
    const objectKey = `${attemptPrefix(this.#job)}${id}`
    const sizeBytes = body instanceof Uint8Array ? body.length : (await stat(body.path)).size
    const content = body instanceof Uint8Array ? body : { path: body.path, sizeBytes }
    try {
      await this.#platform.store.put(objectKey, mediaType, content, this.#signal)
    } catch (error) {
      this.#isPutUnanswered = true
      throw error
    }
    this.#wroteBytes += sizeBytes
    this.#outputs.push({ id, role, name, mediaType, sizeBytes, width, height, objectKey })
    const size = width === undefined || height === undefined ? {} : { width, height }
    return { id, role, name, mediaType, sizeBytes, ...size }
  }

  /** Removes what this attempt wrote, also what it had not finished telling of. */
  discard(): Promise<void> {
    return discardAttempt(this.#platform, this.#job)
  }
}

/** Removes every object of an attempt, and every multipart upload that it began. Asked again, it goes on. */
export async function discardAttempt({ store }: Platform, attempt: AttemptAddress): Promise<void> {
  const prefix = attemptPrefix(attempt)
  const { uploads } = await store.listMultiparts(prefix, undefined)
  for (const { objectKey, storeUploadId } of uploads) await store.abortMultipart(objectKey, storeUploadId)
  await store.deleteObjects(await store.list(prefix))
}

export type AttemptAddress = Pick<JobRow, 'workspaceId' | 'id' | 'attempt'>

function attemptPrefix({ workspaceId, id, attempt }: AttemptAddress): string {
  return `workspaces/${workspaceId}/jobs/${id}/${attempt}/`
}
