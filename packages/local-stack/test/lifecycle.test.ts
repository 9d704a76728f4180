import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type LocalObjectStore, type ObjectStoreOptions, startObjectStore } from '../src/index.ts'
import { signedRequest } from './signed-request.ts'

const DAY_MS = 24 * 3_600_000
const BUCKET = 'bellhop'
const bucket = { Bucket: BUCKET }
const keys = { accessKeyId: 'local', secretAccessKey: randomBytes(20).toString('hex') }

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-lifecycle-'))
})

afterEach(() => rm(dir, { recursive: true }))

const start = async (change: Partial<ObjectStoreOptions> = {}) => {
  const log: ObjectStoreOptions['log'] = ({ error }) => error !== undefined && console.error(error)
  const store = await startObjectStore({ dir, ...keys, buckets: [BUCKET], log, ...change })
  onTestFinished(() => store.stop())
  return store
}

const connect = ({ url: endpoint }: LocalObjectStore) => {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: keys,
    forcePathStyle: true,
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

const abortAfter = (DaysAfterInitiation: number, change: Partial<LifecycleRule> = {}): LifecycleRule => ({
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation },
  ...change,
})

const give = (client: S3Client, Rules: LifecycleRule[]) =>
  client.send(new PutBucketLifecycleConfigurationCommand({ ...bucket, LifecycleConfiguration: { Rules } }))

const rulesOf = async (client: S3Client) =>
  (await client.send(new GetBucketLifecycleConfigurationCommand(bucket))).Rules ?? []

const openUpload = async (client: S3Client, Key: string) => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...bucket, Key }))
  await client.send(new UploadPartCommand({ ...bucket, Key, UploadId, PartNumber: 1, Body: 'part' }))
}

const openKeys = async (client: S3Client) =>
  ((await client.send(new ListMultipartUploadsCommand(bucket))).Uploads ?? []).map(({ Key }) => Key)

const entries = async (folder: string) => {
  const found = await readdir(join(dir, 'buckets', BUCKET, folder), { recursive: true, withFileTypes: true })
  return found.filter((entry) => entry.isFile()).length
}

/** The same folder, looked at so many days later. */
const daysLater = (days: number) => start({ now: () => new Date(Date.now() + days * DAY_MS) })

describe('the lifecycle rules of a bucket', () => {
  it('are kept over a restart, beside its CORS rules, until they are taken away', async () => {
    const first = await start()
    const client = connect(first)
    await expect(rulesOf(client)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
    const rules = [abortAfter(8, { ID: 'all' }), abortAfter(3, { Status: 'Disabled', Filter: { Prefix: 'a&b/' } })]
    const CORSConfiguration = { CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }] }
    await Promise.all([give(client, rules), client.send(new PutBucketCorsCommand({ ...bucket, CORSConfiguration }))])
    await first.stop()
    const later = connect(await start())
    expect(await rulesOf(later)).toEqual(rules)
    await later.send(new DeleteBucketLifecycleCommand(bucket))
    await expect(rulesOf(later)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
  })

  it.each([
    ['an expiry of objects', { Expiration: { Days: 1 } }],
    ['a tag to filter by', { Filter: { Tag: { Key: 'a', Value: 'b' } } }],
    ['a transition', { Transitions: [{ Days: 1, StorageClass: 'GLACIER' as const }] }],
  ])('are refused whole with %s, which is not built', async (_, change) => {
    const client = connect(await start())
    const both = give(client, [abortAfter(8), abortAfter(8, change)])
    await expect(both).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
    await expect(rulesOf(client)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
  })

  it.each([
    ['no day', 'InvalidArgument', '<Rule><Filter/><Status>Enabled</Status>DAYS</Rule>', '0'],
    ['no filter', 'MalformedXML', '<Rule><Status>Enabled</Status>DAYS</Rule>', '8'],
    ['no status', 'MalformedXML', '<Rule><Filter/>DAYS</Rule>', '8'],
    ['nothing to do', 'MalformedXML', '<Rule><Filter/><Status>Enabled</Status></Rule>', ''],
    ['no rule', 'MalformedXML', '', ''],
  ])('are refused with %s', async (_, code, rule, days) => {
    const { url: endpoint } = await start()
    const action = `<AbortIncompleteMultipartUpload><DaysAfterInitiation>${days}</DaysAfterInitiation></AbortIncompleteMultipartUpload>`
    const body = `<LifecycleConfiguration>\n  ${rule.replace('DAYS', action)}\n</LifecycleConfiguration>`
    const request = { method: 'PUT', path: `/${BUCKET}?lifecycle=`, body }
    expect(await signedRequest({ endpoint, ...keys }, request)).toMatchObject({ status: 400, code })
  })

  it('are given to the buckets that have none, but not to one whose rules were changed or taken away', async () => {
    await (await start()).stop()
    const first = await start({ abortUploadsAfterDays: 30 })
    expect(await rulesOf(connect(first))).toMatchObject([abortAfter(30)])
    await give(connect(first), [abortAfter(9)])
    await first.stop()
    const second = await start({ abortUploadsAfterDays: 30 })
    expect(await rulesOf(connect(second))).toMatchObject([abortAfter(9)])
    await connect(second).send(new DeleteBucketLifecycleCommand(bucket))
    await second.stop()
    const third = connect(await start({ abortUploadsAfterDays: 30 }))
    await expect(rulesOf(third)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' })
  })
})

describe('an upload that nobody ends', () => {
  it('is aborted at the start after its time, with its bytes, and no other', async () => {
    const first = await start()
    const client = connect(first)
    await give(client, [abortAfter(8, { Filter: { Prefix: 'old/' } }), abortAfter(1, { Status: 'Disabled' })])
    for (const key of ['old/1', 'old/2', 'kept']) await openUpload(client, key)
    await first.stop()

    const early = await daysLater(7.9)
    await early.stop()
    expect(await entries('blobs')).toBe(3)

    const late = await daysLater(8)
    await vi.waitUntil(async () => (await entries('blobs')) === 1, { interval: 10 })
    await late.stop()
    expect(await openKeys(connect(await start()))).toEqual(['kept'])
  })

  it('is aborted while the endpoint runs, within an hour after its time', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    let days = 0
    const store = await start({ abortUploadsAfterDays: 30, now: () => new Date(Date.now() + days * DAY_MS) })
    const client = connect(store)
    await openUpload(client, 'left')
    vi.advanceTimersByTime(3_600_000)
    days = 30
    expect(await entries('blobs')).toBe(1)
    vi.advanceTimersByTime(3_600_000)
    await vi.waitUntil(async () => (await entries('blobs')) === 0 && (await entries('uploads')) === 0)
    days = 0
    expect(await openKeys(client)).toEqual([])
  })
})
