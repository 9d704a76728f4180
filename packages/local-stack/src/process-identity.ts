import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemCode } from './local-stack-error.ts'

/** A process that cannot be mistaken for a later one that was given the same pid. */
export type ProcessIdentity = { pid: number; started: string }

/** When a process began, as an opaque text that a recycled pid does not repeat; undefined when none has that pid. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined
  if (process.platform === 'linux') return linuxStart(pid)
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)])
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}

export async function isSameProcess({ pid, started }: ProcessIdentity): Promise<boolean> {
  return (await processStart(pid)) === started
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The command name may hold spaces and parentheses; the fields after it are counted from its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTicks] = [fields[0], fields[19]]
    return state === 'Z' || state === 'X' ? undefined : `${bootId.trim()}/${startTicks}`
  } catch {
    return undefined
  }
}
