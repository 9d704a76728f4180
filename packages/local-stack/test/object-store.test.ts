import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type LocalObjectStore, startObjectStore } from '../src/index.ts'
import { describeObjectStore } from './object-store-conformance.ts'

const credentials = { accessKeyId: 'local', secretAccessKey: randomBytes(20).toString('hex') }
let dir: string
let store: LocalObjectStore

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-objects-'))
  store = await startObjectStore({
    dir,
    ...credentials,
    log: ({ error }) => error !== undefined && console.error(error),
  })
})

afterAll(async () => {
  await store.stop()
  await rm(dir, { recursive: true })
})

describeObjectStore('the embedded endpoint', () => ({ endpoint: store.url, region: 'us-east-1', ...credentials }))
