import { readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LocalStackError } from '../local-stack-error.ts'
import { readIfPresent } from '../private-file.ts'
import { isAlive, isSameProcess, processStart, type ProcessIdentity } from '../process-identity.ts'

const FAST_SHUTDOWN_MS = 10_000
const IMMEDIATE_SHUTDOWN_MS = 5_000
const POLL_MS = 20

/**
 * Stops a server that outlived the process which started it. The caller holds the data folder, so whoever still runs on
 * it is an orphan. Throws `POSTGRES_ORPHAN` when it cannot be stopped.
 */
export async function stopOrphan(pgData: string, signal?: AbortSignal): Promise<number | undefined> {
  const pidFile = join(pgData, 'postmaster.pid')
  const pid = Number((await readIfPresent(pidFile))?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  const started = await processStart(pid)
  if (started === undefined || !(await runsOn(pid, pgData))) {
    // Postgres refuses to start while anything lives under the pid of the server that died: another program by now, or
    // its own remains that nobody has reaped. Sessions that are still ending keep it out without this file, too.
    await rm(pidFile, { force: true })
    return undefined
  }
  const orphan = { pid, started }
  if (await ends(orphan, 'SIGINT', FAST_SHUTDOWN_MS, signal)) return pid
  if (await ends(orphan, 'SIGQUIT', IMMEDIATE_SHUTDOWN_MS, signal)) return pid
  throw new LocalStackError(
    'POSTGRES_ORPHAN',
    `A Postgres left by an earlier run (process ${pid}) does not stop; end it by hand.`,
  )
}

async function runsOn(pid: number, pgData: string): Promise<boolean> {
  // A Postgres server works in its data folder. Where that cannot be read, assume that it is one: that errs towards refusing.
  if (process.platform !== 'linux') return true
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(pgData))
  } catch {
    return false
  }
}

async function ends(
  orphan: ProcessIdentity,
  kill: NodeJS.Signals,
  boundMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    process.kill(orphan.pid, kill)
  } catch {
    return !(await isSameProcess(orphan))
  }
  for (let waitedMs = 0; waitedMs < boundMs; waitedMs += POLL_MS) {
    if (!(await isSameProcess(orphan))) return true
    await delay(POLL_MS, undefined, { signal })
  }
  return false
}
