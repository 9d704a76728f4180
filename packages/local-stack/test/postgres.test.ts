import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type LocalPostgres, startPostgres } from '../src/index.ts'
import { processStart } from '../src/process-identity.ts'

const FAST = { fsync: 'off', shared_buffers: '32MB' }

describe('embedded Postgres', { timeout: 60_000 }, () => {
  let root: string
  let dataDir: string

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'bellhop-postgres-'))
    // Nobody else may pass through, as with /root: the server must reach its data all the same.
    await chmod(root, 0o700)
    dataDir = join(root, 'data')
    await (await startPostgres({ dataDir, postgres: FAST })).stop()
  }, 60_000)

  afterAll(async () => rm(root, { recursive: true }))

  const start = async (options: { port?: number; preferredPort?: number } = {}) => {
    const server = await startPostgres({ dataDir, postgres: FAST, ...options })
    onTestFinished(async () => server.stop())
    return server
  }

  it('keeps its data and its password over a restart', async () => {
    const first = await start()
    await query(first, (sql) => sql`create table kept as select 'yes' as answer`)
    await first.stop()
    const second = await start()
    expect(await query(second, (sql) => sql`select answer from kept`)).toMatchObject([{ answer: 'yes' }])
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
  })

  it('is reached by its password only, on loopback only, and is written in a file for its owner only', async () => {
    const server = await start()
    const url = new URL(server.url)
    url.password = 'guess'
    const guess = postgres(url.href, { max: 1 })
    await expect(guess`select 1`).rejects.toMatchObject({ code: '28P01' })
    await guess.end()
    expect(await query(server, (sql) => sql`show listen_addresses`)).toMatchObject([{ listen_addresses: '127.0.0.1' }])
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  })

  it('finds the letters of Korean, and has the extensions that Bellhop uses', async () => {
    const server = await start()
    await query(server, (sql) => sql`create extension if not exists pg_trgm`)
    await query(server, (sql) => sql`create extension if not exists btree_gin`)
    const [row] = await query(server, (sql) => sql`select show_trgm('보고서') as trigrams, '보고서' % '보고' as alike`)
    expect(row?.['trigrams']).toHaveLength(4)
    expect(row?.['alike']).toBe(true)
  })

  it('recovers what was committed when it is killed', async () => {
    const first = await start()
    await query(first, (sql) => sql`create table survived as select 1 as one`)
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    await first.stop()
    const second = await start()
    expect(await query(second, (sql) => sql`select one from survived`)).toMatchObject([{ one: 1 }])
  })

  it('takes over from a server whose parent was killed', async () => {
    // Without setpriv in the path, nothing tells the server that its parent is gone; the folder must be open then.
    const open = await mkdtemp(join(tmpdir(), 'bellhop-orphan-'))
    onTestFinished(async () => rm(open, { recursive: true }))
    await chmod(open, 0o711)
    const owner = runOwner(join(open, 'data'), { PATH: '/none' })
    const orphanPid = Number(await owner.firstLine)
    owner.child.kill('SIGKILL')
    await once(owner.child, 'exit')
    expect(await processStart(orphanPid)).toBeDefined()
    const server = await startPostgres({ dataDir: join(open, 'data'), postgres: FAST })
    onTestFinished(async () => server.stop())
    expect(await processStart(orphanPid)).toBeUndefined()
    expect(await query(server, (sql) => sql`select 1 as one`)).toMatchObject([{ one: 1 }])
  })

  it.runIf(process.platform === 'linux')('ends with its parent even when that is killed', async () => {
    const owner = runOwner(dataDir, process.env)
    const pid = Number(await owner.firstLine)
    owner.child.kill('SIGKILL')
    await vi.waitUntil(async () => (await processStart(pid)) === undefined, { timeout: 5000, interval: 20 })
  })

  it('starts although another program has the pid of the server that died', async () => {
    const stranger = spawn('sleep', ['60'])
    onTestFinished(() => void stranger.kill())
    const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
    await writeFile(pidFile, `${stranger.pid}\n${dataDir}/cluster\n1\n5432\n\n127.0.0.1\n\nready\n`)
    const server = await start()
    expect(await readFile(pidFile, 'utf8')).toMatch(new RegExp(`^${server.pid}\n`))
    expect(stranger.exitCode).toBeNull()
  })

  it('refuses a folder that another server runs on, and says who holds it', async () => {
    await start()
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(`process ${process.pid} since 20`),
    })
  })

  it('says that its port is taken, and leaves a preferred one that is', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(startPostgres({ dataDir, port })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    const server = await start({ preferredPort: port })
    expect(server.port).not.toBe(port)
  })

  it('ends its start when asked to, and leaves no process', async () => {
    const abort = new AbortController()
    const starting = startPostgres({ dataDir, postgres: FAST, signal: abort.signal, log: () => abort.abort() })
    await expect(starting).rejects.toThrow(/abort/i)
    await start()
  })

  it('says why a folder cannot be used', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    await expect(startPostgres({ dataDir: join(file, 'data') })).rejects.toMatchObject({
      code: 'DATA_DIR_NOT_WRITABLE',
    })
  })

  it.runIf(process.getuid?.() === 0)('runs for an ordinary user too', async () => {
    const home = join(tmpdir(), `bellhop-nobody-${process.pid}`)
    await mkdir(home)
    onTestFinished(async () => rm(home, { recursive: true }))
    const [uid, gid] = [65_534, 65_534]
    const chown = spawn('chown', [`${uid}:${gid}`, home])
    await once(chown, 'exit')
    const owner = runOwner(join(home, 'data'), process.env, { uid, gid })
    expect(Number(await owner.firstLine)).toBeGreaterThan(0)
    owner.child.kill('SIGTERM')
    await once(owner.child, 'exit')
  })
})

async function query(
  { url }: LocalPostgres,
  ask: (sql: postgres.Sql) => postgres.PendingQuery<postgres.Row[]>,
): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

/** Another process that starts the server, says its pid, and stops it on SIGTERM. */
function runOwner(
  dataDir: string,
  env: NodeJS.ProcessEnv,
  identity: { uid?: number; gid?: number } = {},
): { child: ChildProcess; firstLine: Promise<string> } {
  const program = fileURLToPath(new URL('postgres-owner.ts', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir], { env, ...identity, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const firstLine = Promise.race([once(child.stdout, 'data'), once(child, 'exit')]).then(([text]: unknown[]) =>
    String(text),
  )
  return { child, firstLine }
}
