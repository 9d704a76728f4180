import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import { startObjectStore } from '@bellhop/local-stack'
import type { LocalObjectStore } from '@bellhop/local-stack'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { bellhop, run } from './bellhop.ts'

const READY_MS = 120_000
const keys = { accessKeyId: 'doctor', secretAccessKey: randomBytes(16).toString('hex') }
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-doctor-'))
})
afterAll(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))

describe('where no server runs, the store of the environment', () => {
  let store: LocalObjectStore
  const environment = (endpoint: string): Record<string, string> => ({
    BELLHOP_DATA_DIR: join(dir, 'none'),
    S3_ENDPOINT: endpoint,
    S3_BUCKET: 'bucket',
    S3_ACCESS_KEY_ID: keys.accessKeyId,
    S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
  })

  beforeAll(async () => {
    store = await startObjectStore({ ...keys, dir: join(dir, 'store'), buckets: ['bucket'] })
  })
  afterAll(() => store.stop())

  test('is examined, told line by line with a word for each colour, and left as it was: exit 0', async () => {
    const { code, stdout } = await run(['doctor'], environment(store.url))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Bucket bucket at http:\/\/127\.0\.0\.1:\d+\n/)
    expect(stdout).toMatch(/✓ green {2}reachable {9}/)
    expect(stdout).toMatch(/! amber {2}lifecycle .*\n +→ \w/)
    expect(stdout).toContain('Upload keys are bound to the bytes, by checksums')
    expect(stdout).not.toContain(keys.secretAccessKey)
    const objects = join(dir, 'store/buckets/bucket/objects')
    const files = await readdir(objects, { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile())).toEqual([])
  })

  test('is a report in JSON for programs, and exit 1 when anything is red', async () => {
    const weak = await startObjectStore({ ...keys, dir: join(dir, 'weak'), buckets: ['bucket'], without: ['cors'] })
    onTestFinished(() => weak.stop())
    const { code, stdout } = await run(['doctor', '--json'], environment(weak.url))
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as { type: string; checks: { name: string; state: string }[] }
    expect(report).toMatchObject({ type: 'result', bucket: 'bucket', binding: 'store-sha256' })
    expect(report.checks.filter(({ state }) => state === 'red').map(({ name }) => name)).toEqual(['cors'])
  })

  test('is asked for in a sentence when a setting is missing', async () => {
    const { code, stdout, stderr } = await run(['doctor'], { ...environment(store.url), S3_BUCKET: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/Expected `S3_BUCKET` to be set/)
  })
})

test(
  'a server that was just started knows its store by itself, and the doctor asks it',
  async () => {
    const dataDir = join(dir, 'data')
    const env = { BELLHOP_DATA_DIR: dataDir, PORT: '0' }
    const started = bellhop(['start'], env)
    onTestFinished(async () => {
      started.process.kill('SIGTERM')
      await started.ended
    })
    const said = await started.says(/Stop:/)
    const url = /ready at (http:\/\/localhost:\d+)/.exec(said)?.[1] ?? ''
    await using owner = connect({ url, apiKey: (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim() })
    const { report } = await vi.waitFor(
      async () => {
        const found = await owner.storage.report()
        expect(found.report).not.toBeNull()
        return found
      },
      { timeout: 30_000, interval: 100 },
    )
    expect(report).toMatchObject({ binding: 'store-sha256', isBindingSeen: true })
    expect(report?.checks.filter(({ state }) => state !== 'green')).toEqual([])

    const { code, stdout } = await run(['doctor', '--json'], env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ type: 'result', bucket: 'bellhop', binding: 'store-sha256' })
    expect((await owner.storage.report()).report?.checkedAt).not.toBe(report?.checkedAt)
  },
  READY_MS,
)
