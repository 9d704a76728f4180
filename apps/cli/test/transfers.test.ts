import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop, FileId } from '@bellhop/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bellhop, run } from './bellhop.ts'
import type { Invocation } from './bellhop.ts'

const READY_MS = 120_000
const MIB = 1024 * 1024
/** Large enough that it is not over before Ctrl-C comes. */
const LARGE_BYTES = 192 * MIB
let dir: string
let env: Record<string, string>
let started: Invocation
let sdk: Bellhop

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-transfers-'))
  const data = join(dir, 'data')
  env = { BELLHOP_DATA_DIR: data, PORT: '0', XDG_STATE_HOME: join(dir, 'state') }
  started = bellhop(['start'], env)
  await started.says(/Bellhop is ready at/)
  const line = async (name: string) => (await readFile(join(data, name), 'utf8')).trim()
  sdk = connect({ url: await line('address'), apiKey: await line('admin-key') })
}, READY_MS)

afterAll(async () => {
  await sdk[Symbol.asyncDispose]()
  started.process.kill('SIGTERM')
  await started.ended
  await rm(dir, { recursive: true, force: true })
}, READY_MS)

interface Event {
  readonly type: string
  readonly [field: string]: unknown
}

function events(stdout: string, type: string): Event[] {
  const all = stdout.trim().split('\n')
  return all.map((line) => JSON.parse(line) as Event).filter((event) => event.type === type)
}

/** A sparse file whose parts differ. */
async function largeFile(name: string): Promise<string> {
  const path = join(dir, name)
  await using file = await open(path, 'w')
  await file.truncate(LARGE_BYTES)
  for (let at = 0; at < LARGE_BYTES; at += 8 * MIB) await file.write(randomBytes(32), 0, 32, at)
  return path
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

/** Uploads until bytes move, then presses Ctrl-C. */
async function interrupt(args: readonly string[], more: Record<string, string> = {}) {
  const upload = bellhop(['upload', ...args, '--json'], { ...env, ...more })
  await upload.says(/"phase":"sending","sentBytes":[1-9]/)
  upload.process.kill('SIGINT')
  return upload.ended
}

const openUploads = async () => (await sdk.files.openUploads()).map(({ uploadId }) => uploadId)

describe('folders and streams', () => {
  test('a folder is all files below it, tagged with the names of folders; symbolic links are not followed', async () => {
    const root = join(dir, 'photos')
    await mkdir(join(root, '2024/Paris'), { recursive: true })
    await writeFile(join(root, 'a.txt'), 'a')
    await writeFile(join(root, '2024/Paris/b.txt'), 'b')
    await symlink(root, join(root, '2024/loop'))
    await symlink(join(root, 'a.txt'), join(root, 'link.txt'))
    const { code, stdout } = await run(['upload', root, '--tag-folders', '--tags', 'trip', '--json'], env)
    expect(code).toBe(0)
    const files = events(stdout, 'file').map(({ file }) => file as { name: string; tags: string[] })
    expect(files.map(({ name, tags }) => ({ name, tags })).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'a.txt', tags: ['trip', 'photos'] },
      { name: 'b.txt', tags: ['trip', 'photos', '2024', 'paris'] },
    ])
    expect(events(stdout, 'result')[0]).toMatchObject({ failed: [] })
  })

  test('a folder without a file is done with nothing', async () => {
    await mkdir(join(dir, 'empty'))
    expect(await run(['upload', join(dir, 'empty')], env)).toMatchObject({ code: 0, stdout: '' })
  })

  test('standard input of unknown length arrives whole, under the name given', async () => {
    const bytes = randomBytes(20 * MIB)
    const upload = bellhop(['upload', '-', '--stdin-name', 'dump.bin'], env)
    upload.process.stdin?.end(bytes)
    const { code, stdout } = await upload.ended
    expect(code).toBe(0)
    const id = stdout.trim()
    expect(await sdk.files.get(id as FileId)).toMatchObject({ name: 'dump.bin', sizeBytes: bytes.length })
    const path = join(dir, 'dump.bin')
    expect(await run(['download', id, path], env)).toMatchObject({ code: 0 })
    expect(bytes.equals(await readFile(path))).toBe(true)
  })
})

describe('an upload that was broken off', () => {
  test('stays open, leaves nothing beside the file, and is gone on with by the line that is printed', async () => {
    const path = await largeFile('large.bin')
    const { code, stderr } = await interrupt([path])
    expect(code).toBe(130)
    expect(stderr).toContain(`Go on with: bellhop upload --resume ${path}`)
    expect((await readdir(dir)).filter((name) => name.startsWith('large'))).toEqual(['large.bin'])
    expect(await readdir(join(dir, 'state/bellhop/uploads'))).toHaveLength(1)
    const [uploadId] = await openUploads()

    const fresh = await interrupt([path, '--abort-on-interrupt'])
    expect(fresh.stderr).toContain(`An earlier upload of ${path} is unfinished`)
    expect(fresh.code).toBe(130)
    expect(await openUploads()).toEqual([uploadId])

    const resumed = await run(['upload', '--resume', path, '--json'], env)
    expect(resumed.code).toBe(0)
    expect(events(resumed.stdout, 'progress')[0]).toMatchObject({ uploadId })
    expect(await openUploads()).toEqual([])
    expect(await readdir(join(dir, 'state/bellhop/uploads'))).toEqual([])
    const file = events(resumed.stdout, 'file')[0]?.['file'] as { id: string }
    const back = join(dir, 'back.bin')
    expect(await run(['download', file.id, back], env)).toMatchObject({ code: 0, stdout: `${back}\n` })
    expect(await sha256(back)).toBe(await sha256(path))
    await Promise.all([rm(path), rm(back)])
  }, 120_000)

  test('on another machine is found by the file itself, and not taken for another of the same name and size', async () => {
    const path = await largeFile('moved.bin')
    await interrupt([path])
    const [uploadId] = await openUploads()
    const elsewhere = { ...env, XDG_STATE_HOME: join(dir, 'elsewhere') }
    const folder = join(dir, 'other')
    await mkdir(folder)
    const other = join(folder, 'moved.bin')
    await (await open(other, 'w')).close()
    await using file = await open(other, 'r+')
    await file.truncate(LARGE_BYTES)
    const stranger = bellhop(['upload', '--resume', other, '--json'], elsewhere)
    await stranger.says(/"phase":"sending","sentBytes":[1-9]/)
    stranger.process.kill('SIGKILL')
    await stranger.ended
    expect(await openUploads()).toHaveLength(2)

    const resumed = await run(['upload', '--resume', path, '--json'], elsewhere)
    expect(resumed.code).toBe(0)
    expect(events(resumed.stdout, 'progress').at(-1)).toMatchObject({ uploadId })
    for (const left of await openUploads()) await sdk.files.abort(left)
    await Promise.all([rm(path), rm(other)])
  }, 120_000)
})

describe('a folder whose upload was killed', () => {
  test('is gone on with: what had arrived is not sent again, but for what has changed or was deleted since', async () => {
    const root = join(dir, 'album')
    await mkdir(root)
    const small = ['a.txt', 'b.txt', 'c.txt', 'd.txt']
    for (const name of small) await writeFile(join(root, name), name)
    await rename(await largeFile('z.bin'), join(root, 'z.bin'))
    const first = bellhop(['upload', root, '--json'], env)
    const ids = new Map<string, string>()
    // The small ones arrive while the large one is on its way.
    await first.says(/"phase":"sending","sentBytes":[1-9]/)
    await expect.poll(() => events(first.said(), 'file').length, { timeout: 20_000, interval: 5 }).toBe(small.length)
    const lists = join(dir, 'state/bellhop/sent')
    const noted = async () =>
      (await readFile(join(lists, (await readdir(lists))[0] ?? ''), 'utf8')).split('\n').length - 1
    await expect.poll(noted, { timeout: 20_000, interval: 5 }).toBe(small.length)
    first.process.kill('SIGKILL')
    await first.ended
    for (const { path, file } of events(first.said(), 'file'))
      ids.set(basename(String(path)), (file as { id: string }).id)

    await writeFile(join(root, 'b.txt'), 'changed')
    await sdk.files.delete(ids.get('c.txt') as FileId)
    const resumed = await run(['upload', '--resume', root, '--json'], env)
    expect(resumed.code).toBe(0)
    const now = new Map(
      events(resumed.stdout, 'file').map(({ path, file }) => [basename(String(path)), (file as { id: string }).id]),
    )
    expect([...now.keys()].toSorted()).toEqual([...small, 'z.bin'])
    expect(small.filter((name) => now.get(name) === ids.get(name))).toEqual(['a.txt', 'd.txt'])
    expect(await readdir(lists)).toEqual([])
    await rm(root, { recursive: true })
  }, 120_000)
})

describe('what is stored', () => {
  let path: string
  let id: string

  beforeAll(async () => {
    path = await largeFile('stored.bin')
    id = (await run(['upload', path], env)).stdout.trim()
  }, READY_MS)

  test('is gone on with by the same download after a kill -9', async () => {
    const target = join(dir, 'fetched.bin')
    const first = bellhop(['download', id, target], env)
    await expect.poll(() => existsSync(`${target}.part`), { timeout: 20_000, interval: 5 }).toBe(true)
    first.process.kill('SIGKILL')
    await first.ended
    expect(existsSync(target)).toBe(false)
    const { code, stdout } = await run(['download', id, target, '--json'], env)
    expect(code).toBe(0)
    expect(events(stdout, 'result')[0]).toMatchObject({ path: target, sizeBytes: LARGE_BYTES, checked: 'sha256' })
    expect(await sha256(target)).toBe(await sha256(path))
    expect((await readdir(dir)).filter((name) => name.startsWith('fetched'))).toEqual(['fetched.bin'])
    await rm(target)
  }, 120_000)

  test('is gone on with after Ctrl-C, which says so', async () => {
    const target = join(dir, 'paused.bin')
    const first = bellhop(['download', id, target, '--json'], env)
    await first.says(/"type":"progress","id":"[^"]*","path":"[^"]*","phase":"sending","sentBytes":[1-9]/)
    first.process.kill('SIGINT')
    const { code, stderr } = await first.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/Stopped at \d+ %\. The same command goes on\./)
    expect((await run(['download', id, target, '--no-verify'], env)).code).toBe(0)
    expect(await sha256(target)).toBe(await sha256(path))
    await rm(target)
  }, 120_000)

  test('is found whole, and damaged after a byte of it has changed: exit 1, with the part', async () => {
    expect(await run(['verify', id], env)).toMatchObject({ code: 0, stdout: `${id}  whole\n` })
    await damageThirdPartOf(path)
    const { code, stdout } = await run(['verify', id, '--json'], env)
    expect(code).toBe(1)
    expect(events(stdout, 'verified')[0]).toMatchObject({ fileId: id, ok: false, damagedParts: [3] })
    const target = join(dir, 'damaged.bin')
    const down = await run(['download', id, target], env)
    expect(down.code).toBe(1)
    expect(down.stderr).toMatch(/Part 3 of stored\.bin .* is damaged/)
    expect((await readdir(dir)).filter((name) => name.startsWith('damaged'))).toEqual([])
  }, 120_000)

  test('is in the ledger with each key, and a key that is revoked says so', async () => {
    const listed = await run(['keys', '--file', id], env)
    expect(listed.code).toBe(0)
    const [line = ''] = listed.stdout.split('\n')
    expect(line).toMatch(/^vk_\S+ {2}\S+ {2}download {2}live {2}.+ {2}stored\.bin$/)
    const [key = ''] = line.split('  ')
    const revoked = await run(['keys', '--revoke', key], env)
    expect(revoked).toMatchObject({ code: 0, stderr: expect.stringMatching(/What was handed out opens until/) })
    expect(revoked.stdout).toMatch(new RegExp(`^${key} .* revoked `))
    expect((await run(['keys', '--revoke', 'vk_01m81yb6hnf7zsmw5znz4jejvh'], env)).code).toBe(5)
  }, 60_000)
})

/** In the folder of the embedded store: whatever begins as the third part of the file does. */
async function damageThirdPartOf(path: string): Promise<void> {
  const head = async (file: string, at: number) => {
    await using handle = await open(file)
    const bytes = Buffer.alloc(32)
    await handle.read(bytes, 0, 32, at)
    return bytes
  }
  const wanted = await head(path, 16 * MIB)
  const root = join(dir, 'data')
  for (const name of await readdir(root, { recursive: true })) {
    const stored = join(root, name)
    const found = await stat(stored).catch(() => undefined)
    if (!found?.isFile() || found.size !== 8 * MIB || !wanted.equals(await head(stored, 0))) continue
    await using file = await open(stored, 'r+')
    await file.write(Buffer.of(1), 0, 1, 4 * MIB)
    return
  }
  throw new Error('The store has no such part.')
}
