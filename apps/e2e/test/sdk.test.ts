import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop, UploadedFile } from '@bellhop/client'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256Of, writeOrders, writePhoto } from '../src/sample-files.ts'
import type { SampleFile } from '../src/sample-files.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

/** 12 megapixels. */
const PHOTO = { width: 4000, height: 3000 }
const TABLE_BYTES = 200_000_000
const PARQUET_MAGIC = 'PAR1'
const SOON = { timeout: 10_000 }

let running: RunningBellhop
let bellhop: Bellhop
let dir: string
let race: SampleFile
let orders: SampleFile & { readonly rows: number }

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-files-'))
  running = await startBellhop()
  bellhop = connect({ url: running.url, apiKey: running.apiKey })
  race = await writePhoto(join(dir, 'race.jpg'), PHOTO.width, PHOTO.height)
  orders = await writeOrders(join(dir, 'orders.csv'), TABLE_BYTES)
})

afterAll(async () => {
  await bellhop?.[Symbol.asyncDispose]()
  await running?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('the program of the README: a photo goes up, a job is watched to its end, its output comes down, the catalog finds it', async () => {
  const sent: number[] = []
  const file = await bellhop.files.upload(race.path, {
    tags: ['race'],
    onProgress: ({ sentBytes }) => sent.push(sentBytes),
    signal: new AbortController().signal,
  })
  expect(file).toMatchObject({
    name: 'race.jpg',
    type: 'image',
    status: 'READY',
    sizeBytes: race.sizeBytes,
    tags: ['race'],
  })
  expect(sent.at(-1)).toBe(race.sizeBytes)

  const job = await bellhop.jobs.submit('image.variants', { fileId: file.id, widths: [640], formats: ['webp'] })
  const states: string[] = []
  let version = -1
  for await (const state of bellhop.jobs.watch(job.id)) {
    expect(state.version).toBeGreaterThan(version)
    version = state.version
    if (states.at(-1) !== state.status) states.push(state.status)
  }
  expect(states.at(-1)).toBe('COMPLETED')
  expect(['PENDING', 'PROCESSING', 'COMPLETED'].join()).toContain(states.join())

  const done = await bellhop.jobs.wait(job.id)
  expect(done.output).toMatchObject(PHOTO)
  const variant = done.output.files.find(({ role }) => role === 'variant')
  const path = join(dir, 'race-640.webp')
  await bellhop.files.download(variant?.id ?? file.id, path)
  expect(await sharp(path).metadata()).toMatchObject({ format: 'webp', width: 640, height: 480 })
  expect((await stat(path)).size).toBe(variant?.sizeBytes)

  await waitForJobs(file)
  // The view follows what it shows at once, but not in the same moment.
  const find = async () => (await bellhop.catalog.search({ text: 'race', type: 'image', sort: 'newest' })).items
  const found = { id: file.id, name: 'race.jpg', tags: ['race'], ...PHOTO, jobs: { active: 0, done: 2, failed: 0 } }
  await expect.poll(find, SOON).toMatchObject([{ ...found, thumbnail: expect.stringMatching(/^out_/) }])
})

test('a table of 200 MB goes up, is profiled by itself, and comes back as it was and as Parquet', async () => {
  const file = await bellhop.files.upload(orders.path, { tags: ['shop', 'orders'] })
  expect(file).toMatchObject({
    type: 'dataset',
    status: 'READY',
    sizeBytes: orders.sizeBytes,
    // The store vouches for it once the worker has examined the store, moments after its start.
    integrity: expect.stringMatching(/^(store-sha256|sha256-parts)$/),
  })
  const [started] = file.jobs
  expect(started?.kind).toBe('dataset.profile')
  const job = await bellhop.jobs.wait<'dataset.profile'>(started?.id ?? raise('No job started by itself.'))
  const columns = job.output.columns.map(({ name, category }) => [name, category])
  expect({ rowCount: job.output.rowCount, columns }).toEqual({
    rowCount: orders.rows,
    columns: [
      ['order_id', 'number'],
      ['ordered_at', 'time'],
      ['city', 'text'],
      ['quantity', 'number'],
      ['price', 'number'],
      ['returned', 'boolean'],
    ],
  })
  expect(job.output.columns[2]).toMatchObject({ nullCount: 0, topValues: { length: 8 } })
  expect(job.output.preview).toHaveLength(100)

  const parquet = job.output.files.find(({ role }) => role === 'parquet')
  const copy = join(dir, 'orders.parquet')
  await bellhop.files.download(parquet?.id ?? raise('There is no Parquet copy.'), copy)
  expect(await bothEnds(copy, PARQUET_MAGIC.length)).toEqual([PARQUET_MAGIC, PARQUET_MAGIC])
  const original = join(dir, 'orders-again.csv')
  await bellhop.files.download(file.id, original)
  expect(await sha256Of(original)).toBe(orders.sha256)
})

test('the catalog finds by text, type and tag, counts, and follows renames, tags and deletes', async () => {
  const [a, b] = await Promise.all(
    ['north.csv', 'south.csv'].map((name) =>
      bellhop.files.upload(new Blob(['a,b\n1,2\n']), {
        name: `harbour-${name}`,
        mediaType: 'text/csv',
        tags: ['harbour'],
      }),
    ),
  )
  if (!a || !b) throw new Error('Two files were uploaded.')
  await Promise.all([a, b].map(waitForJobs))
  const names = async (query: Parameters<Bellhop['catalog']['search']>[0]) =>
    (await bellhop.catalog.search(query)).items.map(({ name }) => name)
  await expect
    .poll(() => names({ text: 'harbour', type: 'dataset', sort: 'name' }), SOON)
    .toEqual(['harbour-north.csv', 'harbour-south.csv'])
  expect(await names({ tags: ['harbour'], type: 'image' })).toEqual([])
  expect(await bellhop.catalog.facets({ text: 'harbour' })).toMatchObject({
    total: 2,
    types: [{ value: 'dataset', count: 2 }],
    tags: [{ value: 'harbour', count: 2 }],
  })

  await bellhop.files.update(a.id, { name: 'lighthouse.csv', tags: ['coast'] })
  await bellhop.files.delete(b.id)
  await expect.poll(() => names({ text: 'harbour' }), SOON).toEqual([])
  await expect.poll(() => names({ tags: ['coast'] }), SOON).toEqual(['lighthouse.csv'])
  await expect(bellhop.files.get(b.id)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
  await expect(bellhop.files.download(b.id, join(dir, 'gone.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})

test('the insights count what arrived, by day and type, once they are refreshed', async () => {
  const today = async () => {
    const { rows } = await bellhop.insights.summary({ days: 2 })
    return rows.filter(({ type }) => type === 'document').reduce((sum, { files }) => sum + files, 0)
  }
  const before = await today()
  await bellhop.files.upload(new Blob(['Tides of the harbour.\n']), { name: 'tides.txt', mediaType: 'text/plain' })
  await bellhop.views.refresh('insights')
  await expect.poll(today, SOON).toBe(before + 1)
})

test('a key that is not ours gets a code and a sentence, and sees nothing', async () => {
  await using stranger = connect({ url: running.url, apiKey: 'bh_stranger' })
  await expect(stranger.catalog.search()).rejects.toMatchObject({
    name: 'BellhopError',
    code: 'UNAUTHENTICATED',
    message: expect.stringMatching(/\w+.*\.$/),
  })
})

async function waitForJobs(file: UploadedFile): Promise<void> {
  await Promise.all(file.jobs.map((job) => bellhop.jobs.wait(job)))
}

async function bothEnds(path: string, bytes: number): Promise<string[]> {
  await using file = await open(path)
  const { size } = await file.stat()
  const read = async (position: number) =>
    (await file.read({ buffer: Buffer.alloc(bytes), position })).buffer.toString()
  return Promise.all([read(0), read(size - bytes)])
}

function raise(sentence: string): never {
  throw new Error(sentence)
}
