import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { startObjectStore } from '@bellhop/local-stack'
import type { LocalObjectStore, StoreGuard } from '@bellhop/local-stack'
import { STORE_CHECKS } from '@bellhop/model'
import type { CheckState, KeyBinding, StoreCheckName, StoreReport } from '@bellhop/model'
import { examineStore } from '@bellhop/persistence'
import type { ObjectStoreOptions } from '@bellhop/persistence'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startStoreProxy } from './store-proxy.ts'
import type { Fate } from './store-proxy.ts'

const BUCKET = 'examined'
const PAGE = 'http://localhost:3000'
const keys = { accessKeyId: 'examiner', secretAccessKey: randomBytes(16).toString('hex') }
const STORE = { ...keys, buckets: [BUCKET], abortUploadsAfterDays: 30 }

let dir: string
let store: LocalObjectStore
/** Nobody listens there. */
let nowhere: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-doctor-'))
  store = await startObjectStore({ ...STORE, dir: join(dir, 'strict') })
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  nowhere = `http://127.0.0.1:${(probe.address() as AddressInfo).port}`
  probe.close()
})

afterAll(async () => {
  await store.stop()
  await rm(dir, { recursive: true })
})

const examine = (change: Partial<ObjectStoreOptions> = {}, rest: { publicUrl?: string; signal?: AbortSignal } = {}) =>
  examineStore({
    store: { endpoint: store.url, bucket: BUCKET, region: 'us-east-1', ...keys, ...change },
    publicUrl: PAGE,
    ...rest,
  })

/** What lies in the bucket, and what is open there. */
async function traces(endpoint = store.url): Promise<(string | undefined)[]> {
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials: keys, forcePathStyle: true })
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))
    return [...Contents, ...Uploads].map(({ Key }) => Key)
  } finally {
    s3.destroy()
  }
}

async function emptyBucket(): Promise<void> {
  const s3 = new S3Client({ endpoint: store.url, region: 'us-east-1', credentials: keys, forcePathStyle: true })
  for (const Key of await traces()) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }))
  s3.destroy()
}

afterEach(async () => {
  expect(await traces()).toEqual([])
})

const statesOf = (report: StoreReport) =>
  Object.fromEntries(report.checks.map(({ name, state }) => [name, state])) as Partial<
    Record<StoreCheckName, CheckState>
  >
const findingOf = (report: StoreReport, name: StoreCheckName) => report.checks.find((check) => check.name === name)

const STRICT = Object.fromEntries(STORE_CHECKS.map((name) => [name, 'green'])) as Record<StoreCheckName, CheckState>

test('a strict store passes every check, and its keys are bound by its own checksums', async () => {
  const report = await examine()
  expect(statesOf(report)).toEqual(STRICT)
  expect(report).toMatchObject({
    endpoint: store.url,
    publicEndpoint: store.url,
    bucket: BUCKET,
    binding: 'store-sha256',
  })
  expect(report.checks.map(({ name }) => name)).toEqual(STORE_CHECKS)
})

describe('of a store without one guard exactly that is found', () => {
  const cases: [StoreGuard, Partial<Record<StoreCheckName, CheckState | undefined>>, KeyBinding][] = [
    ['signed-length', { length: 'red' }, 'store-sha256'],
    ['signed-type', { type: 'red' }, 'store-sha256'],
    ['payload-sha256', { 'payload-sha256': 'amber' }, 'store-sha256'],
    ['accepts-payload-sha256', { 'payload-sha256': 'amber' }, 'none'],
    ['checksums', { 'checksum-sha256': 'amber' }, 'sha256'],
    ['composite-checksums', { 'checksum-sha256': 'amber' }, 'sha256'],
    ['if-none-match', { 'put-if-none-match': 'amber' }, 'store-sha256'],
    ['complete-if-none-match', { 'complete-if-none-match': 'amber' }, 'store-sha256'],
    ['cors', { cors: 'red', 'cors-headers': undefined }, 'store-sha256'],
    ['cors-headers', { 'cors-headers': 'amber' }, 'store-sha256'],
    ['expiry', { expiry: 'red' }, 'store-sha256'],
    ['lifecycle', { lifecycle: 'amber' }, 'store-sha256'],
    ['private', { private: 'red' }, 'store-sha256'],
  ]

  test.each(cases)('%s', async (guard, changed, binding) => {
    await using weak = await startObjectStore({ ...STORE, dir: join(dir, guard), without: [guard] })
    const report = await examine({ endpoint: weak.url })
    expect(statesOf(report)).toEqual(JSON.parse(JSON.stringify({ ...STRICT, ...changed })))
    expect(report.binding).toBe(binding)
    for (const name of Object.keys(changed) as StoreCheckName[]) {
      const finding = findingOf(report, name)
      if (finding) expect(finding.fix).toMatch(/\w/)
    }
    expect(await traces(weak.url)).toEqual([])
  })

  test('neither hashes nor checksums: keys are bound by neither', async () => {
    const without = ['payload-sha256', 'checksums'] as const
    await using weak = await startObjectStore({ ...keys, dir: join(dir, 'neither'), buckets: [BUCKET], without })
    expect(await examine({ endpoint: weak.url })).toMatchObject({ binding: 'none' })
  })
})

describe('why a store cannot be used is said in a sentence of its own, and what to set', () => {
  test.each([
    ['another key id', () => ({ accessKeyId: 'nobody' }), /does not know these credentials/, /S3_ACCESS_KEY_ID/],
    ['another secret', () => ({ secretAccessKey: 'guess' }), /signature is wrong/, /S3_SECRET_ACCESS_KEY/],
    ['another region', () => ({ region: 'eu-west-1' }), /not in the region `eu-west-1`/, /S3_REGION` to `us-east-1`/],
    ['no such bucket', () => ({ bucket: 'nowhere' }), /no bucket `nowhere`/, /S3_BUCKET/],
    ['no such name', () => ({ endpoint: 'http://store.invalid' }), /name store\.invalid is not known/, /name service/],
    ['a closed port', () => ({ endpoint: nowhere }), /Nothing answers at .*ECONNREFUSED/, /store runs/],
    [
      'https where http is spoken',
      () => ({ endpoint: store.url.replace('http:', 'https:') }),
      /No secure connection/,
      /certificate/,
    ],
  ])('%s', async (_, change, found, fix) => {
    const report = await examine(change())
    const finding = findingOf(report, 'reachable')
    expect(finding?.state).toBe('red')
    expect(finding?.found).toMatch(found)
    expect(finding?.fix).toMatch(fix)
    expect(report).toMatchObject({ binding: 'none', isBindingSeen: false })
    expect(report.checks.every(({ name }) => name === 'reachable' || name === 'clock')).toBe(true)
  })

  test('an address that speaks no S3', async () => {
    const server = createServer((_, response) => response.end('<html>Console</html>')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const report = await examine({ endpoint })
    server.closeAllConnections()
    server.close()
    expect(findingOf(report, 'reachable')).toMatchObject({
      state: 'red',
      found: expect.stringMatching(/does not speak S3/),
    })
  })
})

describe('a permission that is missing is named', () => {
  const is = (method: string, query: RegExp) => (message: IncomingMessage) =>
    message.method === method && query.test(message.url ?? '')
  const cases: [string, (message: IncomingMessage) => boolean, RegExp][] = [
    ['s3:ListBucket', is('GET', /list-type=2/), /listing objects/],
    ['s3:PutObject', is('PUT', /reachable\?/), /writing/],
    ['s3:GetObject', is('GET', /reachable\?/), /reading/],
    ['s3:ListBucketMultipartUploads', is('GET', /\?(.*&)?uploads/), /listing multipart uploads/],
    ['s3:ListMultipartUploadParts', is('GET', /reachable-parts.*uploadId/), /listing parts/],
    ['s3:DeleteObject', is('POST', /\?delete/), /deleting objects.*nothing was written/],
    ['s3:AbortMultipartUpload', is('DELETE', /uploadId=absent/), /aborting multipart uploads.*nothing was written/],
  ]

  test.each(cases)('%s', async (permission, denied, found) => {
    await using proxy = await startStoreProxy(store.url, (message) => (denied(message) ? 'deny' : 'pass'))
    const finding = findingOf(await examine({ endpoint: proxy.url }), 'reachable')
    expect(finding).toMatchObject({ state: 'red', found: expect.stringMatching(found) })
    expect(finding?.found).toContain(`\`${permission}\``)
    expect(finding?.fix).toContain(`\`${permission}\``)
  })
})

test.each([
  ['green', 20],
  ['amber', 120],
  ['amber', -120],
  ['red', 900],
])('a clock is %s that is %i s off', async (state, seconds) => {
  const shifted = (headers: IncomingMessage['headers']) => ({
    ...headers,
    date: new Date(Date.now() + seconds * 1000).toUTCString(),
  })
  await using proxy = await startStoreProxy(store.url, () => 'pass', shifted)
  expect(findingOf(await examine({ endpoint: proxy.url }), 'clock')?.state).toBe(state)
})

describe('the address that clients are sent to', () => {
  test('may be another way to the same bucket', async () => {
    await using proxy = await startStoreProxy(store.url, () => 'pass')
    const report = await examine({ publicEndpoint: proxy.url })
    expect(findingOf(report, 'public-address')).toMatchObject({ state: 'green' })
    expect(report.publicEndpoint).toBe(proxy.url)
  })

  test('is red when it leads to another store, and what the store enforces is found out all the same', async () => {
    const other = await startObjectStore({ ...keys, dir: join(dir, 'other'), buckets: [BUCKET] })
    try {
      const report = await examine({ publicEndpoint: other.url })
      expect(findingOf(report, 'public-address')).toMatchObject({
        state: 'red',
        found: expect.stringMatching(/does not arrive in the bucket/),
      })
      expect(report.binding).toBe('store-sha256')
    } finally {
      await other.stop()
    }
  })

  test('is red when nothing answers there', async () => {
    const report = await examine({ publicEndpoint: nowhere })
    expect(findingOf(report, 'public-address')).toMatchObject({
      state: 'red',
      found: expect.stringMatching(/Nothing answers/),
    })
    expect(findingOf(report, 'cors')).toBeUndefined()
    expect(report.binding).toBe('store-sha256')
  })

  test.each([
    ['their own machine', 'https://files.example.com', 'red', /their own machine/],
    ['mixed content', 'https://localhost:3000', 'amber', /mixed content/],
  ])('is not good as %s', async (_, publicUrl, state, found) => {
    const finding = findingOf(await examine({}, { publicUrl }), 'public-address')
    expect(finding).toMatchObject({ state, found: expect.stringMatching(found) })
  })
})

describe('nothing of it stays in the bucket', { timeout: 120_000 }, () => {
  const isWrite = ({ method }: IncomingMessage) => method === 'PUT' || method === 'POST'
  let writes = 0
  let requests = 0

  beforeAll(async () => {
    await using proxy = await startStoreProxy(store.url, (message) => {
      requests += 1
      if (isWrite(message)) writes += 1
      return 'pass'
    })
    await examine({ endpoint: proxy.url })
    expect(writes).toBeGreaterThan(20)
  })

  test.each<Fate>(['cut-answer', 'deny'])('whichever write meets this: %s', async (fate) => {
    for (let at = 1; at <= writes; at += 3) {
      let count = 0
      await using proxy = await startStoreProxy(store.url, (message) =>
        isWrite(message) && ++count === at ? fate : 'pass',
      )
      await examine({ endpoint: proxy.url })
      expect(await traces()).toEqual([])
    }
  })

  test('when it is cancelled at any step, and the reason is thrown', async () => {
    // The last ones clean up: to cancel them would come too late.
    for (let at = 1; at <= requests - 40; at += 3) {
      const controller = new AbortController()
      let count = 0
      await using proxy = await startStoreProxy(store.url, () => {
        if (++count === at) controller.abort(new Error('Enough.'))
        return 'pass'
      })
      await expect(examine({ endpoint: proxy.url }, { signal: controller.signal })).rejects.toThrow('Enough.')
      expect(await traces()).toEqual([])
    }
  })

  test('and where it could not be removed, it says so and where it lies', async () => {
    await using proxy = await startStoreProxy(store.url, ({ method, url = '' }) =>
      method === 'DELETE' && !url.includes('uploadId') ? 'deny' : 'pass',
    )
    const finding = findingOf(await examine({ endpoint: proxy.url }), 'reachable')
    expect(finding).toMatchObject({
      state: 'red',
      fix: expect.stringMatching(/Delete what lies under `bellhop-doctor\/[\w-]+\/`/),
    })
    await emptyBucket()
  })
})

test('neither keys nor signatures are in a report', async () => {
  for (const change of [{}, { secretAccessKey: 'guess-the-secret' }, { accessKeyId: 'nobody-we-know' }]) {
    const text = JSON.stringify(await examine(change))
    expect(text).not.toMatch(/X-Amz-Signature|guess-the-secret|nobody-we-know/)
    expect(text).not.toContain(keys.secretAccessKey)
    expect(text).not.toContain(keys.accessKeyId)
  }
})
