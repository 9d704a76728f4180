import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { forkLocalStack, type LocalStackConfig, type LocalStackProcess } from '../src/index.ts'
import { processStart } from '../src/process-identity.ts'

const MIB = 1024 * 1024

describe('the local stack in a process of its own', { timeout: 60_000 }, () => {
  let dataDir: string

  beforeAll(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'bellhop-stack-')), 'data')
  })

  afterAll(async () => rm(join(dataDir, '..'), { recursive: true }))

  const config = (): LocalStackConfig => ({
    dataDir,
    withPostgres: true,
    withObjectStore: true,
    postgresSettings: { fsync: 'off', shared_buffers: '32MB' },
  })
  const start = async (change: Partial<LocalStackConfig> = {}) => {
    const stack = await forkLocalStack({ ...config(), ...change })
    onTestFinished(async () => stack.stop())
    return stack
  }

  it('has the same addresses and credentials at the next start', async () => {
    const first = await start()
    await first.stop()
    const second = await start()
    expect(second.ready).toEqual(first.ready)
    expect(second.ready).toEqual({
      databaseUrl: expect.stringMatching(/^postgres:\/\/bellhop:.{32}@127\.0\.0\.1:\d+\/bellhop$/),
      s3: {
        endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        bucket: 'bellhop',
        region: 'us-east-1',
        accessKeyId: expect.any(String),
        secretAccessKey: expect.stringMatching(/^.{40}$/),
      },
    })
    const { Buckets } = await connect(second).send(new ListBucketsCommand({}))
    expect(Buckets).toMatchObject([{ Name: 'bellhop' }])
    expect((await stat(join(dataDir, 'local-stack.json'))).mode & 0o777).toBe(0o600)
  })

  it('starts only what it is asked for', async () => {
    const stack = await start({ withPostgres: false })
    expect(Object.keys(stack.ready)).toEqual(['s3'])
    await stack.stop()
    expect(await stack.ended).toBeUndefined()
  })

  it('ends with its parent, and the next start waits for that', async () => {
    const program = fileURLToPath(new URL('stack-owner.ts', import.meta.url))
    const parent = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [line]: unknown[] = await once(parent.stdout, 'data')
    const stackPid = Number(line)
    parent.kill('SIGKILL')
    const next = await start()
    expect(next.pid).not.toBe(stackPid)
    await vi.waitUntil(async () => (await processStart(stackPid)) === undefined, { timeout: 5000, interval: 20 })
  })

  it('says so when Postgres ends by itself', async () => {
    const stack = await start({ withObjectStore: false })
    const [pid] = (await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')
    process.kill(Number(pid), 'SIGKILL')
    expect(await stack.ended).toMatchObject({ code: 'POSTGRES_FAILED' })
  })

  it('says in a sentence why it cannot start, and leaves nothing running', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(start({ s3Port: port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${port} on 127.0.0.1 is taken by another program; free it or choose another port.`,
    })
    await (await start()).stop()
  })

  it('ends its start when asked to', async () => {
    await expect(forkLocalStack(config(), { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/)
    await (await start()).stop()
  })

  it.runIf(process.platform === 'linux')('takes a large object in constant memory', async () => {
    const stack = await start({ withPostgres: false })
    const sizeBytes = 256 * MIB
    const input = { Bucket: 'bellhop', Key: 'large', ContentLength: sizeBytes }
    const url = await getSignedUrl(connect(stack), new PutObjectCommand(input))
    const before = await peakBytes(stack.pid)
    const upload = request(url, { method: 'PUT', headers: { 'content-length': sizeBytes } })
    const answered = once(upload, 'response')
    const chunk = Buffer.alloc(MIB, 'large')
    await pipeline(Readable.from(Array.from({ length: sizeBytes / MIB }, () => chunk)), upload)
    await answered
    expect((await peakBytes(stack.pid)) - before).toBeLessThan(100 * MIB)
  })
})

function connect({ ready: { s3 } }: LocalStackProcess): S3Client {
  const { endpoint, region, accessKeyId = '', secretAccessKey = '' } = s3 ?? {}
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  onTestFinished(() => client.destroy())
  return client
}

async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}
