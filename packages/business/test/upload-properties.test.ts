import { randomBytes } from 'node:crypto'
import { abortUpload, completeUpload, deleteFile, signParts, startUpload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { AppError, LIMITS } from '@bellhop/model'
import type { FileId, FileStatus, SignedRequest, UploadId, UploadPlan, UploadStatus } from '@bellhop/model'
import { createUser } from '@bellhop/persistence'
import type { Chore } from '@bellhop/persistence'
import { put, startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { walkBucket } from '../src/bucket-sweep.ts'
import { choresOf } from '../src/chores.ts'
import { sha256 } from './world/part-upload.ts'

const RUNS = 20
const STEPS = 24
const SLOTS = 3
const WITHIN_MS = 40_000

let world: TestPlatform
let clients: Context[]

beforeAll(async () => {
  world = await startTestPlatform({ flaky: { platform: true } })
  const { owner, platform } = world
  const email = `${randomBytes(6).toString('hex')}@example.com`
  const colleague = await createUser(platform.database.db, { name: 'Colleague', email })
  clients = [owner, { ...owner, caller: { ...owner.caller, userId: colleague, role: 'member' } }]
})
afterAll(() => world[Symbol.asyncDispose]())

/** What one client knows of one upload. */
interface Slot {
  readonly plan: UploadPlan
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isHashed: boolean
  /** Handed out once, and good for as long as they live, whatever becomes of the upload. */
  readonly keys: SignedRequest[]
}

type Step =
  | {
      do: 'start'
      slot: number
      client: number
      sizeBytes: number
      isStream: boolean
      isHashed: boolean
      isLie: boolean
    }
  | { do: 'sign'; slot: number; client: number }
  | { do: 'put'; slot: number; isForged: boolean }
  | { do: 'complete'; slot: number; client: number; isWrong: boolean }
  | { do: 'abort'; slot: number; client: number }
  | { do: 'delete'; slot: number; client: number }
  | { do: 'race'; slot: number; others: ('complete' | 'abort' | 'delete' | 'sweep')[] }
  | { do: 'fault'; fault: 'swallow' | 'error-body' | 'refuse' }
  | { do: 'expire'; slot: number }
  | { do: 'chores' }
  | { do: 'sweep' }
  | { do: 'walk' }

const slot = fc.nat(SLOTS - 1)
const client = fc.nat(1)
const steps = fc.array(
  fc.oneof(
    weighted(4, 'start', {
      slot,
      client,
      sizeBytes: fc.constantFrom(0, 1, 500, 20_000),
      isStream: fc.boolean(),
      isHashed: fc.boolean(),
      isLie: fc.constantFrom(false, false, true),
    }),
    weighted(2, 'sign', { slot, client }),
    weighted(5, 'put', { slot, isForged: fc.boolean() }),
    weighted(5, 'complete', { slot, client, isWrong: fc.constantFrom(false, false, true) }),
    weighted(1, 'abort', { slot, client }),
    weighted(1, 'delete', { slot, client }),
    weighted(3, 'race', {
      slot,
      others: fc.array(fc.constantFrom('complete', 'abort', 'delete', 'sweep'), { minLength: 2, maxLength: 3 }),
    }),
    weighted(1, 'fault', { fault: fc.constantFrom('swallow', 'error-body', 'refuse') }),
    weighted(1, 'expire', { slot }),
    weighted(1, 'chores', {}),
    weighted(1, 'sweep', {}),
    weighted(1, 'walk', {}),
  ),
  { minLength: STEPS / 2, maxLength: STEPS },
)

function weighted<K extends Step['do']>(
  weight: number,
  name: K,
  fields: { [P in keyof Omit<Extract<Step, { do: K }>, 'do'>]: fc.Arbitrary<Extract<Step, { do: K }>[P]> },
) {
  // The fields are those of this one step; TypeScript does not follow that through the mapped type.
  return { weight, arbitrary: fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Step> }
}

test('whatever clients do in whatever order, rows, storage and quota agree', { timeout: 90_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const slots: (Slot | undefined)[] = []
      for (const step of sequence) {
        await take(slots, step)
        await agree()
      }
      world.flaky.mend()
      await settleAll()
      await agree()
      await nothingIsLeft()
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: WITHIN_MS, markInterruptAsFailure: false },
  )
})

/** One step of one client. That a step is refused is fine; that it is not understood is not. */
async function take(slots: (Slot | undefined)[], step: Step): Promise<void> {
  const ctx = clients['client' in step ? step.client : 0]!
  const at = 'slot' in step ? slots[step.slot] : undefined
  switch (step.do) {
    case 'start': {
      slots[step.slot] = await start(ctx, step)
      return
    }
    case 'sign':
      if (at) await sign(ctx, at)
      return
    case 'put': {
      const request = at?.keys.at(-1)
      if (!at || !request) return
      const forged = at.bytes.map((byte) => byte ^ 1)
      const answer = await put(request, step.isForged ? forged : at.bytes)
      await answer.arrayBuffer()
      // Other bytes than were hashed never get in.
      if (step.isForged && at.isHashed && at.bytes.length > 0) expect(answer.status).not.toBe(200)
      return
    }
    case 'complete':
      if (at)
        await refusable(
          completeUpload(ctx, { uploadId: at.plan.uploadId, sizeBytes: at.bytes.length + (step.isWrong ? 1 : 0) }),
        )
      return
    case 'abort':
      if (at) await refusable(abortUpload(ctx, at.plan))
      return
    case 'delete':
      if (at) await refusable(deleteFile(ctx, at.plan))
      return
    case 'race':
      if (at) await Promise.all(step.others.map((other, index) => racer(clients[index % 2]!, at, other)))
      return
    case 'fault':
      world.flaky.plan(
        'CompleteMultipartUpload',
        step.fault === 'error-body'
          ? { kind: 'error-body', does: false }
          : step.fault === 'refuse'
            ? { kind: 'refuse', status: 400, code: 'InvalidRequest' }
            : { kind: 'swallow' },
      )
      return
    case 'expire':
      if (at) {
        await world.platform.database
          .sql`update uploads set expires_at = now() - interval '1 second' where id = ${at.plan.uploadId}`
      }
      return
    case 'chores':
      return drainQueue()
    case 'sweep':
      return run('uploads:sweep', {})
    case 'walk':
      return walkBucket(world.platform, { signal: AbortSignal.timeout(10_000) })
  }
}

async function start(ctx: Context, step: Extract<Step, { do: 'start' }>): Promise<Slot> {
  const { sizeBytes, isStream, isHashed, isLie } = step
  const bytes = new Uint8Array(randomBytes(sizeBytes)).fill(0, 0, 1)
  const hash = isHashed ? { sha256: sha256(bytes) } : {}
  const plan = await startUpload(ctx, {
    // No picture: it is rejected when it has arrived.
    name: isLie ? 'any.png' : 'any.bin',
    sizeBytes: isStream ? null : sizeBytes,
    startJobs: false,
    ...(isStream ? {} : hash),
  })
  return { plan, bytes, isHashed, keys: plan.mode === 'single' ? [plan.put] : [] }
}

async function sign(ctx: Context, { plan, bytes, isHashed, keys }: Slot): Promise<void> {
  if (plan.mode === 'single' || bytes.length === 0) return
  const part = { number: 1, sizeBytes: bytes.length, ...(isHashed ? { sha256: sha256(bytes) } : {}) }
  const signed = await refusable(signParts(ctx, { uploadId: plan.uploadId, parts: [part] }))
  for (const { request } of signed ?? []) keys.push(request)
}

async function racer(ctx: Context, { plan, bytes }: Slot, other: 'complete' | 'abort' | 'delete' | 'sweep') {
  switch (other) {
    case 'complete':
      return refusable(completeUpload(ctx, { uploadId: plan.uploadId, sizeBytes: bytes.length }))
    case 'abort':
      return refusable(abortUpload(ctx, plan))
    case 'delete':
      return refusable(deleteFile(ctx, plan))
    case 'sweep':
      return run('uploads:sweep', {})
  }
}

async function refusable<T>(attempt: Promise<T>): Promise<T | undefined> {
  return attempt.catch((error: unknown) => {
    if (error instanceof AppError && error.code !== 'INTERNAL') return undefined
    throw error
  })
}

async function run(chore: Chore, payload: unknown): Promise<void> {
  await refusable(choresOf(world.platform, AbortSignal.timeout(10_000))[chore](payload))
}

/** What the queue holds, also what is for later, as a worker would do it. */
async function drainQueue(): Promise<void> {
  const { sql } = world.platform.database
  const queued = await sql<{ id: string; chore: Chore; payload: unknown }[]>`
    select j.id, t.identifier as chore, j.payload
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    order by j.id`
  for (const { chore, payload } of queued) await run(chore, payload)
  await sql`delete from graphile_worker._private_jobs where id in ${sql(queued.map(({ id }) => id).concat('0'))}`
}

interface Row {
  readonly file_id: FileId
  readonly file_status: FileStatus
  readonly object_key: string
  readonly size_bytes: number
  readonly sha256: string | null
  readonly upload_id: UploadId
  readonly upload_status: UploadStatus
  readonly store_upload_id: string | null
}

function rows(): Promise<Row[]> {
  return world.platform.database.sql<Row[]>`
    select f.id as file_id, f.status as file_status, f.object_key, f.size_bytes::int, f.sha256,
      u.id as upload_id, u.status as upload_status, u.store_upload_id
    from files f join uploads u on u.file_id = f.id
    order by f.id`
}

/** Which statuses of a file go with which of its upload. A deletion may overtake what is being completed. */
const TOGETHER: Readonly<Record<UploadStatus, readonly FileStatus[]>> = {
  OPEN: ['UPLOADING', 'DELETED'],
  COMPLETING: ['UPLOADING', 'DELETED'],
  COMPLETED: ['READY', 'DELETED'],
  ABORTED: ['DELETED'],
  REJECTED: ['REJECTED', 'DELETED'],
}

/** Holds after every step. Files of earlier runs are looked at again: nothing may change them. */
async function agree(): Promise<void> {
  const { database, store } = world.platform
  const all = await rows()
  for (const row of all) expect(TOGETHER[row.upload_status]).toContain(row.file_status)
  const ready = all.filter((row) => row.file_status === 'READY').slice(-2 * SLOTS)
  const objects = await Promise.all(ready.map((row) => store.head(row.object_key)))
  expect(objects.map((object) => object && [object.sizeBytes, object.uploadToken])).toEqual(
    ready.map((row) => [row.size_bytes, row.upload_id]),
  )
  const [quota] = await database.sql`
    select q.used_bytes = coalesce(sum(f.size_bytes) filter (where f.status = 'READY'), 0)
      and q.used_files = count(f.id) filter (where f.status = 'READY')
      and q.reserved_bytes = coalesce(sum(f.reserved_bytes) filter (where f.status = 'UPLOADING'), 0)
      and q.reserved_files = count(f.id) filter (where f.status = 'UPLOADING') as agrees
    from quotas q left join files f on f.workspace_id = q.workspace_id
    where q.workspace_id = ${world.owner.caller.workspaceId}
    group by q.workspace_id`
  expect(quota).toEqual({ agrees: true })
}

/** A week and a day pass: what nobody came back for is swept, and every chore has run. */
async function settleAll(): Promise<void> {
  const { sql } = world.platform.database
  await sql`update uploads set expires_at = now() - interval '1 second' where ended_at is null`
  await sql`update uploads set completing_at = completing_at - interval '61 seconds' where completing_at is not null`
  await run('uploads:sweep', {})
  await drainQueue()
  const later = Date.now() + LIMITS.uploadLifeMs + 86_400_000
  await walkBucket(world.platform, { signal: AbortSignal.timeout(20_000), now: () => later })
  await drainQueue()
}

/** Every upload has ended, and the store holds the READY files and nothing else. */
async function nothingIsLeft(): Promise<void> {
  const { store } = world.platform
  const all = await rows()
  expect(all.filter((row) => row.upload_status === 'OPEN' || row.upload_status === 'COMPLETING')).toEqual([])
  const ready = all.filter((row) => row.file_status === 'READY')
  expect((await store.list('')).toSorted()).toEqual(ready.map((row) => row.object_key).toSorted())
  expect(await store.listMultiparts('', undefined)).toEqual({ uploads: [], next: null })
  for (const row of ready.slice(-SLOTS).filter(({ sha256: hash }) => hash !== null)) {
    const object = await store.inspect(row.object_key, LIMITS.sniffBytes * 2)
    if (object) expect(sha256(object.start)).toBe(row.sha256)
  }
}
