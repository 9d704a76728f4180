import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LocalStackError, systemCode } from './local-stack-error.ts'
import { isSameProcess, processStart, type ProcessIdentity } from './process-identity.ts'

const MAX_ATTEMPTS = 10
const LOCK_FILE = '.lock'
const WAIT_POLL_MS = 50

export type AcquireOptions = {
  /** How long to wait for a holder to let go; not at all without it. */
  waitMs?: number
  signal?: AbortSignal
}

/** A held data folder. Releasing it twice does nothing more. */
export interface DataDirLock extends AsyncDisposable {
  readonly dir: string
  release(): Promise<void>
}

type Holder = ProcessIdentity & { nonce: string; since: string }

/**
 * Makes the folder where it is missing (others may pass through it, as Postgres does under another account, but not list it) and holds it for this process, by a `.lock` file in it. The lock of
 * a process that is gone is taken over, a recycled pid is not mistaken for its holder.
 *
 * Throws `DATA_DIR_IN_USE` naming the holder, or `DATA_DIR_NOT_WRITABLE`.
 */
export async function acquireDataDir(path: string, options: AcquireOptions = {}): Promise<DataDirLock> {
  const dir = resolve(path)
  const lockPath = join(dir, LOCK_FILE)
  try {
    await mkdir(dir, { recursive: true, mode: 0o711 })
    const self = await describeSelf()
    await takeWithin(options, () => take(lockPath, self, dir))
    return lockOf(dir, lockPath, self)
  } catch (error) {
    throw explain(error, dir)
  }
}

function lockOf(dir: string, lockPath: string, self: Holder): DataDirLock {
  const release = async () => {
    const holder = await readHolder(lockPath)
    if (holder?.nonce === self.nonce) await rm(lockPath, { force: true })
  }
  return { dir, release, [Symbol.asyncDispose]: release }
}

async function describeSelf(): Promise<Holder> {
  const started = await processStart(process.pid)
  return { pid: process.pid, started: started ?? 'unknown', nonce: randomUUID(), since: new Date().toISOString() }
}

async function takeWithin({ waitMs = 0, signal }: AcquireOptions, attempt: () => Promise<void>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += WAIT_POLL_MS) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof LocalStackError) || waitedMs >= waitMs) throw error
      await delay(WAIT_POLL_MS, undefined, { signal })
    }
  }
}

async function take(lockPath: string, self: Holder, dir: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await create(lockPath, self)) return
    const holder = await readHolder(lockPath)
    if (holder && (await isSameProcess(holder))) throw inUse(dir, holder)
    if (await replaceStale(lockPath, holder?.nonce, self)) return
  }
  throw new LocalStackError(
    'DATA_DIR_IN_USE',
    `The data folder ${dir} is being taken by other starts at this moment; try again.`,
  )
}

/** A hard link appears with its whole content or not at all, so no reader sees a half-written lock. */
async function create(path: string, self: Holder): Promise<boolean> {
  const draft = `${path}.${self.nonce}`
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Of several starts that see the same stale lock, only the one that creates the guard named after it may replace it. */
async function replaceStale(lockPath: string, staleNonce: string | undefined, self: Holder): Promise<boolean> {
  const guardPath = `${lockPath}.takeover-${staleNonce ?? 'unreadable'}`
  if (!(await create(guardPath, self))) {
    const guard = await readHolder(guardPath)
    if (!guard || !(await isSameProcess(guard))) await rm(guardPath, { force: true })
    return false
  }
  try {
    if ((await readHolder(lockPath))?.nonce !== staleNonce) return false
    const draft = `${lockPath}.${self.nonce}`
    await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
    await rename(draft, lockPath)
    return true
  } finally {
    await rm(guardPath, { force: true })
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isHolder(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  const { pid, started, nonce, since } = value as Partial<Record<keyof Holder, unknown>>
  return [started, nonce, since].every((text) => typeof text === 'string') && Number.isInteger(pid)
}

function inUse(dir: string, { pid, since }: Holder): LocalStackError {
  return new LocalStackError(
    'DATA_DIR_IN_USE',
    `The data folder ${dir} is held by process ${pid} since ${since}; stop that process or choose another folder.`,
  )
}

function explain(error: unknown, dir: string): unknown {
  const code = systemCode(error)
  if (error instanceof LocalStackError || code === undefined) return error
  return new LocalStackError(
    'DATA_DIR_NOT_WRITABLE',
    `The data folder ${dir} cannot be written (${code}); make it writable for this user or choose another folder.`,
    { cause: error },
  )
}
