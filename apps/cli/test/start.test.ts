import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bellhop, run } from './bellhop.ts'
import type { Invocation } from './bellhop.ts'

const READY_MS = 120_000
let dir: string
let env: Record<string, string>
let started: Invocation

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-start-'))
  env = { BELLHOP_DATA_DIR: join(dir, 'data'), PORT: '0' }
  started = bellhop(['start'], env)
  await started.says(/Bellhop is ready at/)
}, READY_MS)

afterAll(async () => {
  started.process.kill('SIGTERM')
  await started.ended
  await rm(dir, { recursive: true, force: true })
}, READY_MS)

function events(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Processes that were started under this data folder. */
async function processesOf(folder: string): Promise<{ pid: number; commandLine: string }[]> {
  const found: { pid: number; commandLine: string }[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
    const [environment, commandLine] = await Promise.all([read('environ'), read('cmdline')])
    if (environment.includes(folder) || commandLine.includes(folder)) found.push({ pid: Number(pid), commandLine })
  }
  return found
}

test('it says where it is, how to sign in, where the data lies and how to stop, in at most 12 lines', async () => {
  const stdout = await started.says(/Stop:/)
  const url = /ready at (http:\/\/localhost:\d+)/.exec(stdout)?.[1] ?? ''
  expect(stdout).toMatch(/Sign in: {2}http:\/\/localhost:\d+\/enter#t=\S+/)
  expect(stdout).toContain(env['BELLHOP_DATA_DIR'])
  expect(stdout.split('\n').length).toBeLessThanOrEqual(12)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect(await readFile(join(dir, 'data/address'), 'utf8')).toBe(`${url}\n`)
})

test('a second start on the same folder says who holds it', async () => {
  const { code, stderr } = await run(['start'], env)
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`is held by process ${started.process.pid} since`))
})

test('a port that is taken is a sentence, and nothing is left running', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const other = join(dir, 'other')
  const { code, stderr } = await run(['start'], { BELLHOP_DATA_DIR: other, PORT: String(port) })
  taken.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`Port ${port} is taken by another program; .*PORT=${port + 1}`))
  await expect.poll(() => processesOf(other), { timeout: 10_000 }).toEqual([])
}, 60_000)

describe('with a server running', () => {
  test('a file goes up, its job is watched, its output comes down', async () => {
    await writeFile(join(dir, 'a.csv'), 'a,b\n1,x\n2,y\n')
    const up = await run(['upload', join(dir, 'a.csv'), '--json'], env)
    expect(up.code).toBe(0)
    const file = events(up.stdout).find(({ type }) => type === 'file')?.['file'] as {
      id: string
      jobs: { id: string }[]
    }
    const watched = await run(['watch', file.jobs[0]?.id ?? ''], env)
    expect(watched.code).toBe(0)
    expect(watched.stdout).toMatch(/^COMPLETED\nout_\S+ {2}a\.parquet\n$/)
    const output = /out_\S+/.exec(watched.stdout)?.[0] ?? ''
    const down = await run(['download', output, dir], env)
    expect(down).toMatchObject({ code: 0, stdout: `${join(dir, 'a.parquet')}\n` })
    expect((await run(['download', output, dir], env)).code).toBe(6)
    const piped = await run(['download', file.id, '-'], env)
    expect(piped.stdout).toBe('a,b\n1,x\n2,y\n')
  }, 60_000)

  test('without a terminal only ids are on stdout, and some files failing is exit 7', async () => {
    const { code, stdout, stderr } = await run(['upload', join(dir, 'a.csv'), join(dir, 'none.csv')], env)
    expect(code).toBe(7)
    expect(stdout).toMatch(/^file_\S+\n$/)
    expect(stderr).toMatch(/none\.csv cannot be read/)
  })

  test('what is not there is exit 5, and a wrong key is exit 4', async () => {
    const job = 'job_01m81yb6hnf7zsmw5znz4jejvh'
    expect((await run(['watch', job], env)).code).toBe(5)
    expect((await run(['download', 'file_01m81yb6hnf7zsmw5znz4jejvh'], env)).code).toBe(5)
    expect((await run(['watch', job], { ...env, BELLHOP_API_KEY: 'bh_wrong' })).code).toBe(4)
  })

  test('shares of the workers are listed, and set by whoever runs the machine', async () => {
    const { stdout } = await run(['shares'], env)
    const [workspace = '', ...facts] = stdout.trim().split('  ')
    expect(facts.slice(0, 2)).toEqual(['weight 1', '0 of any running'])
    const set = await run(['shares', '--set', workspace, '--weight', '3', '--running', '10'], env)
    expect(set).toMatchObject({ code: 0 })
    expect(set.stdout).toContain(`${workspace}  weight 3  0 of 10 running`)
    expect(await run(['shares', '--weight', '3'], env)).toMatchObject({ code: 2 })
    const free = await run(['shares', '--set', workspace, '--weight', '1', '--running', 'none'], env)
    expect(free.stdout).toContain(`${workspace}  weight 1  0 of any running`)
  })

  test('a sign-in link can be had again', async () => {
    expect((await run(['sign-in-link'], env)).stdout).toMatch(/^http:\/\/localhost:\d+\/enter#t=\S+\n$/)
  })

  test('no API key is enough for a sign-in link, for a session reaches more than its workspace', async () => {
    const dataDir = env['BELLHOP_DATA_DIR'] ?? ''
    const url = (await readFile(join(dataDir, 'address'), 'utf8')).trim()
    const key = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim()
    for (const authorization of [`Bearer ${key}`, 'Bearer ', '']) {
      const { status } = await fetch(`${url}/auth/sign-in-link`, { method: 'POST', headers: { authorization } })
      expect(status).toBe(401)
    }
  })
})

test('a server that dies is started again, at the same address', async () => {
  const url = (await readFile(join(dir, 'data/address'), 'utf8')).trim()
  const server = (await processesOf(env['BELLHOP_DATA_DIR'] ?? '')).find(({ commandLine }) =>
    commandLine.includes('apps/server'),
  )
  process.kill(server?.pid ?? 0, 'SIGKILL')
  const health = () =>
    fetch(`${url}/healthz`).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(health, { timeout: 20_000 }).toBe(0)
  await expect.poll(health, { timeout: 20_000 }).toBe(200)
}, 60_000)

test(
  'kill -9 leaves no process, a start after it recovers, and Ctrl-C leaves none either',
  async () => {
    started.process.kill('SIGKILL')
    await started.ended
    const folder = env['BELLHOP_DATA_DIR'] ?? ''
    await expect.poll(() => processesOf(folder), { timeout: 20_000 }).toEqual([])
    started = bellhop(['start'], env)
    await started.says(/Bellhop is ready at/)
    started.process.kill('SIGINT')
    expect(await started.ended).toMatchObject({ code: 0 })
    expect(await processesOf(folder)).toEqual([])
  },
  READY_MS,
)
