import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { acquireDataDir } from '../src/index.ts'

describe('the lock of a data folder', () => {
  let root: string
  let dir: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'bellhop-lock-'))
    dir = join(root, 'data')
  })

  afterEach(async () => rm(root, { recursive: true }))

  it('is held once, and again after its release', async () => {
    const lock = await acquireDataDir(dir)
    await expect(acquireDataDir(dir)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' })
    await lock.release()
    await using again = await acquireDataDir(dir)
    await lock.release()
    await expect(acquireDataDir(again.dir)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' })
  })

  it('names its holder, and is taken over once that was killed', async () => {
    const holder = await runHolder(dir)
    await expect(acquireDataDir(dir)).rejects.toThrow(
      new RegExp(`${dir} is held by process ${holder.pid} since \\d{4}-.*; stop that process or choose another folder`),
    )
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const lock = await acquireDataDir(dir)
    await lock.release()
    expect(await readdir(dir)).toEqual([])
  })

  it('does not mistake a recycled pid for its holder', async () => {
    const lock = await acquireDataDir(dir)
    const path = join(dir, '.lock')
    const content: unknown = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...(content as object), started: 'another time' }))
    await using taken = await acquireDataDir(dir)
    expect(taken.dir).toBe(lock.dir)
  })

  it('goes to one of many that find it stale', async () => {
    await acquireDataDir(dir).then(async (lock) => lock.release())
    await writeFile(join(dir, '.lock'), JSON.stringify({ pid: 1, started: 'long ago', nonce: 'n', since: 's' }))
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, async () => acquireDataDir(dir)))
    const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
  })

  it('can be waited for', async () => {
    const lock = await acquireDataDir(dir)
    const waiting = acquireDataDir(dir, { waitMs: 10_000 })
    await lock.release()
    await (await waiting).release()
  })

  it('replaces a file that a crash has left torn', async () => {
    await acquireDataDir(dir).then(async (lock) => lock.release())
    await writeFile(join(dir, '.lock'), '{"pid":')
    await (await acquireDataDir(dir)).release()
  })
})

async function runHolder(dir: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('lock-holder.ts', import.meta.url))
  const child = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}
