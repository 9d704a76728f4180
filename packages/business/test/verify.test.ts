import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { completeUpload, getFile, getJob, submitJob } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { MIB } from '@bellhop/model'
import type { FileId, JobOutput } from '@bellhop/model'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256, startParts, startStream } from './world/part-upload.ts'

let world: TestPlatform
let owner: Context
let worker: AsyncDisposable

beforeAll(async () => {
  world = await startTestPlatform({ flaky: { platform: true } })
  owner = world.owner
  worker = await world.startWorker()
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

async function verify(fileId: FileId): Promise<JobOutput<'file.verify'>> {
  const { id: jobId } = await submitJob(owner, { kind: 'file.verify', input: { fileId } })
  const done = await until('it is verified', async () => {
    const job = await getJob(owner, { jobId })
    if (job.status === 'FAILED') throw new Error(job.error?.sentence)
    return job.status === 'COMPLETED' ? job : null
  })
  return done.output as JobOutput<'file.verify'>
}

const faultOf = async (fileId: FileId) => {
  const { fault, verifiedAt } = await getFile(owner, { fileId })
  return { fault: fault?.kind ?? null, isVerified: verifiedAt !== null }
}

/** The files in which the store keeps bytes of this length. */
async function blobsOf(sizeBytes: number): Promise<string[]> {
  const found = await readdir(join(world.dir, 'objects'), { recursive: true, withFileTypes: true })
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sizes = await Promise.all(
    paths.map(async (path) => {
      await using file = await open(path)
      return (await file.stat()).size
    }),
  )
  return paths.filter((_, index) => sizes[index] === sizeBytes)
}

test('a byte that flipped at rest is found, and its part named; mended, the file is whole again', async () => {
  const upload = await startParts(owner, 16 * MIB + 4321)
  await upload.send()
  const { file } = await completeUpload(owner, upload.ends)
  const whole = { sizeBytes: 16 * MIB + 4321, ok: true, damagedParts: [], sha256: sha256(upload.bytes) }
  expect(await verify(file.id)).toEqual(whole)
  expect(await faultOf(file.id)).toEqual({ fault: null, isVerified: true })

  const [blob] = await blobsOf(4321)
  const flip = async () => {
    await using handle = await open(blob!, 'r+')
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, 100)
    byte[0]! ^= 1
    await handle.write(byte, 0, 1, 100)
  }
  await flip()
  const found = await verify(file.id)
  expect(found).toMatchObject({ sizeBytes: 16 * MIB + 4321, ok: false, damagedParts: [3] })
  expect(found.sha256).not.toBe(whole.sha256)
  expect((await faultOf(file.id)).fault).toBe('damaged')
  // It stays what it is: READY, with what was proved when it arrived.
  expect(await getFile(owner, { fileId: file.id })).toMatchObject({ status: 'READY', integrity: 'sha256-parts' })

  await flip()
  expect(await verify(file.id)).toEqual(whole)
  expect(await faultOf(file.id)).toEqual({ fault: null, isVerified: true })
})

test('a file of one PUT is held against the hash of the whole', async () => {
  const { file } = await uploadBytes(owner, 'a.txt', 'one PUT of its own length', { startJobs: false })
  expect(await verify(file.id)).toMatchObject({ ok: true, damagedParts: [] })
  const [blob] = await blobsOf(25)
  await using handle = await open(blob!, 'r+')
  await handle.write('X', 0)
  expect(await verify(file.id)).toMatchObject({ ok: false, damagedParts: [1] })
})

test('without hashes nothing is said of the bytes: it is neither verified nor damaged', async () => {
  const upload = await startStream(owner, 1234, { hashed: false })
  await upload.send()
  const { file } = await completeUpload(owner, upload.ends)
  expect(await verify(file.id)).toEqual({
    sizeBytes: 1234,
    ok: null,
    damagedParts: [],
    sha256: sha256(upload.bytes),
  })
  expect(await faultOf(file.id)).toEqual({ fault: null, isVerified: false })
})

test('an object that is gone is a fault of the file', async () => {
  const upload = await startStream(owner, 2345)
  await upload.send()
  const { file } = await completeUpload(owner, upload.ends)
  await world.platform.store.deleteObjects([`workspaces/${owner.caller.workspaceId}/files/${file.id}`])
  expect(await verify(file.id)).toEqual({ sizeBytes: 0, ok: false, damagedParts: [], sha256: null })
  expect((await faultOf(file.id)).fault).toBe('missing')
})

test('a connection that breaks is opened again where the part began', async () => {
  const upload = await startParts(owner, 17 * MIB)
  await upload.send()
  const { file } = await completeUpload(owner, upload.ends)
  const cuts = world.flaky.plan('GetObject', { kind: 'cut-answer', afterBytes: 9 * MIB }, 2)
  expect(await verify(file.id)).toMatchObject({ ok: true, sha256: sha256(upload.bytes) })
  expect(cuts.hits).toBe(2)
})

test('it never starts by itself', async () => {
  const { file, jobs } = await uploadBytes(owner, 'table.csv', 'a,b\n1,2\n')
  expect(jobs.map(({ kind }) => kind)).not.toContain('file.verify')
  expect(file.verifiedAt).toBeNull()
})
