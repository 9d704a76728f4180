import { startUpload } from '@bellhop/business'
import { AppError, MIB, newId } from '@bellhop/model'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform

beforeAll(async () => {
  world = await startTestPlatform()
})
afterAll(() => world[Symbol.asyncDispose]())

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  )
const multipartsOpen = async () => (await world.platform.store.listMultiparts('', undefined)).uploads.length

test('a start that is sent again, also at the same time, gives the same upload and takes no more room', async () => {
  const { owner } = world
  const input = { uploadId: newId('upload'), name: 'a.bin', sizeBytes: 20 * MIB, parts: [{ number: 1 }] }
  const before = await multipartsOpen()
  const plans = await Promise.all([startUpload(owner, input), startUpload(owner, input), startUpload(owner, input)])
  plans.push(await startUpload(owner, input))
  const told = plans.map(({ uploadId, fileId }) => ({ uploadId, fileId }))
  expect(new Set(told.map(({ uploadId }) => uploadId))).toEqual(new Set([input.uploadId]))
  expect(new Set(told.map(({ fileId }) => fileId)).size).toBe(1)
  for (const plan of plans) expect(plan).toMatchObject({ mode: 'multipart', signed: [{ number: 1 }] })
  expect((await multipartsOpen()) - before).toBe(1)
  const [usage] = await world.platform.database.sql<{ reserved_files: number; reserved_bytes: string }[]>`
    select reserved_files, reserved_bytes from quotas where workspace_id = ${owner.caller.workspaceId}`
  expect(usage).toMatchObject({ reserved_files: 1, reserved_bytes: String(20 * MIB) })
})

test('an id that stands for another upload, of whomever, is refused', async () => {
  const { owner } = world
  const input = { uploadId: newId('upload'), name: 'b.bin', sizeBytes: 3 }
  await startUpload(owner, input)
  expect(await codeOf(startUpload(owner, { ...input, sizeBytes: 4 }))).toBe('IDEMPOTENCY_CONFLICT')
  expect(await codeOf(startUpload(owner, { ...input, name: 'c.bin' }))).toBe('IDEMPOTENCY_CONFLICT')
  expect(await codeOf(startUpload(await world.stranger(), input))).toBe('IDEMPOTENCY_CONFLICT')
})
