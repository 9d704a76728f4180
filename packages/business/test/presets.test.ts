import { AppError } from '@bellhop/model'
import { deletePreset, getJob, listPresets, setPreset, submitJob } from '@bellhop/business'
import { startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pngBomb } from './processors/images.ts'

const KIND = 'image.variants'
let world: TestPlatform

beforeAll(async () => {
  world = await startTestPlatform()
})
afterAll(() => world[Symbol.asyncDispose]())

async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  return error instanceof AppError ? [error.code, error.message] : error
}

/** What a job of that file takes, beside the file. */
async function inputOf(jobId: Awaited<ReturnType<typeof submitJob>>['id']) {
  const { fileId: _, ...input } = (await getJob(world.owner, { jobId })).input as Record<string, unknown>
  return input
}

const USUAL = {
  widths: [640, 1280, 1920],
  formats: ['webp', 'avif'],
  quality: 'balanced',
  focalPoint: 'auto',
  metadata: 'none',
}

test('a named preset and the default fill in what a request leaves open; the request itself comes first', async () => {
  const { owner } = world
  const set = (name: string, settings: Record<string, unknown>, isDefault = false) =>
    setPreset(owner, { name, kind: KIND, settings, isDefault })
  const { file, jobs } = await uploadBytes(owner, 'a.png', pngBomb(4, 4))
  expect(await inputOf(jobs[0]!.id)).toEqual(USUAL)

  await set('product', { widths: [400, 800], aspectRatio: 1 })
  await set('house', { formats: ['webp'], metadata: 'rights' }, true)
  const later = await uploadBytes(owner, 'b.png', pngBomb(5, 5))
  expect(await inputOf(later.jobs[0]!.id)).toEqual({ ...USUAL, formats: ['webp'], metadata: 'rights' })

  const submit = (preset: string | undefined, input: object) =>
    submitJob(owner, { kind: KIND, input: { fileId: file.id, ...input }, preset })
  const named = await submit('product', { widths: [100] })
  expect(await inputOf(named.id)).toEqual({ ...USUAL, widths: [100], aspectRatio: 1 })
  expect(await inputOf((await submit(undefined, {})).id)).toEqual({ ...USUAL, formats: ['webp'], metadata: 'rights' })

  await set('product', { quality: 'fine' }, true)
  const listed = (await listPresets(owner)).map(({ name, settings, isDefault, fits }) => [
    name,
    settings,
    isDefault,
    fits,
  ])
  expect(listed).toEqual([
    ['house', { formats: ['webp'], metadata: 'rights' }, false, true],
    ['product', { quality: 'fine' }, true, true],
  ])
  await deletePreset(owner, { name: 'product' })
  expect(await inputOf((await submit(undefined, {})).id)).toEqual(USUAL)
  expect(await failureOf(submit('product', {}))).toEqual([
    'PRESET_NOT_FOUND',
    'There is no preset `product` in this workspace.',
  ])
})

test('the same key gives the same job, whatever became of the preset meanwhile', async () => {
  const { owner } = world
  const { file } = await uploadBytes(owner, 'c.png', pngBomb(6, 6))
  await setPreset(owner, { name: 'once', kind: KIND, settings: { widths: [200] }, isDefault: false })
  const submit = () =>
    submitJob(owner, { kind: KIND, input: { fileId: file.id }, preset: 'once', idempotencyKey: 'preset-once' })
  const first = await submit()
  await setPreset(owner, { name: 'once', kind: KIND, settings: { widths: [300] }, isDefault: false })
  expect((await submit()).id).toBe(first.id)
  expect(await inputOf(first.id)).toEqual({ ...USUAL, widths: [200] })
})

test('settings that the kind does not take are refused, with what is wrong with each', async () => {
  const set = (settings: Record<string, unknown>, kind = KIND) =>
    failureOf(setPreset(world.owner, { name: 'wrong', kind, settings, isDefault: false }))
  expect(await set({ width: [100] })).toEqual([
    'JOB_INPUT_INVALID',
    'The settings do not fit image.variants. `width`: image.variants has no such setting.',
  ])
  expect(await set({ fileId: 'file_1' })).toEqual([
    'JOB_INPUT_INVALID',
    'The settings do not fit image.variants. `fileId`: a preset is about no file; leave it out.',
  ])
  expect(((await set({ widths: [1] })) as string[])[0]).toBe('JOB_INPUT_INVALID')
  expect(((await set({}, 'no.kind')) as string[])[0]).toBe('UNKNOWN_JOB_KIND')
})
