import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Blobs } from './blobs.ts'
import { flushFolder, readJson, replaceJson } from './durable-file.ts'
import { KeyedLock } from './keyed-lock.ts'
import { KeyIndex } from './key-index.ts'
import { keyOfRecordName, recordFolder, recordName } from './object-key.ts'
import { blobsOf, type ObjectRecord } from './object-record.ts'

type Condition = (current: ObjectRecord | undefined) => void

export type HeldObject = { record: ObjectRecord; release: () => Promise<void> }

/** The objects of a bucket by key. Writes of one key follow one another, so that a condition holds when its write happens. */
export class ObjectRecords {
  readonly #dir: string
  readonly #temporaryDir: string
  readonly #blobs: Blobs
  readonly #lock = new KeyedLock()
  #index: Promise<KeyIndex> | undefined
  // What changed while the index was being read from the folder.
  #changes: { key: string; present: boolean }[] | undefined

  constructor(dir: string, temporaryDir: string, blobs: Blobs) {
    this.#dir = dir
    this.#temporaryDir = temporaryDir
    this.#blobs = blobs
  }

  async read(key: string): Promise<ObjectRecord | undefined> {
    return readJson<ObjectRecord>(this.#path(key))
  }

  /** The object with a hold on its bytes, which stay until the release even when a write takes its place. */
  async hold(key: string): Promise<HeldObject | undefined> {
    return this.#lock.run(key, async () => {
      const record = await this.read(key)
      return record && { record, release: this.#blobs.hold(record.segments) }
    })
  }

  /** Puts the object in the place of the one that is there, whose blobs are removed. */
  async replace(record: ObjectRecord, condition: Condition = () => {}): Promise<void> {
    await this.#lock.run(record.key, async () => {
      const current = await this.read(record.key)
      condition(current)
      const path = this.#path(record.key)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await replaceJson(path, record, this.#temporaryDir)
      await this.#changed(record.key, true)
      const kept = new Set(blobsOf(record))
      await this.#blobs.remove(blobsOf(current).filter((blob) => !kept.has(blob)))
    })
  }

  async remove(key: string, condition: Condition = () => {}): Promise<void> {
    await this.#lock.run(key, async () => {
      const current = await this.read(key)
      condition(current)
      if (!current) return
      const path = this.#path(key)
      await rm(path)
      await flushFolder(dirname(path))
      await this.#changed(key, false)
      await this.#blobs.remove(blobsOf(current))
    })
  }

  /** The keys in listing order, read from the folder at the first call and kept up to date from then on. */
  async index(): Promise<KeyIndex> {
    this.#index ??= this.#buildIndex()
    return this.#index
  }

  /** Every object, in no order. */
  async *all(): AsyncGenerator<ObjectRecord> {
    for await (const names of this.#folders()) {
      for (const path of names) {
        const record = await readJson<ObjectRecord>(path)
        if (record) yield record
      }
    }
  }

  async #buildIndex(): Promise<KeyIndex> {
    this.#changes = []
    const keys: string[] = []
    for await (const paths of this.#folders()) {
      for (const path of paths) {
        const key = keyOfRecordName(path.slice(dirname(path).length + 1)) ?? (await readJson<ObjectRecord>(path))?.key
        if (key !== undefined) keys.push(key)
      }
    }
    const index = new KeyIndex(keys)
    for (const { key, present } of this.#changes) index.set(key, present)
    this.#changes = undefined
    return index
  }

  async #changed(key: string, present: boolean): Promise<void> {
    if (this.#changes) this.#changes.push({ key, present })
    else (await this.#index)?.set(key, present)
  }

  async *#folders(): AsyncGenerator<string[]> {
    for (const folder of await readdir(this.#dir)) {
      const path = join(this.#dir, folder)
      yield (await readdir(path)).map((name) => join(path, name))
    }
  }

  #path(key: string): string {
    return join(this.#dir, recordFolder(key), recordName(key))
  }
}
