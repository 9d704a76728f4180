import { readFileSync, readdirSync } from 'node:fs'

/** A process of this machine. `startedAt` (clock ticks since boot) tells it from a later one that got the same number. */
export interface ProcessId {
  readonly pid: number
  readonly startedAt: string
  readonly commandLine: string
}

interface ProcessStat extends ProcessId {
  readonly parentPid: number
  readonly isZombie: boolean
}

/** The process and all that it started, directly or not. Linux only: it reads /proc. */
export function processTree(root: number): ProcessId[] {
  const all = allProcesses()
  const found = all.filter(({ pid }) => pid === root)
  // It grows as it is walked.
  for (const { pid } of found) found.push(...all.filter(({ parentPid }) => parentPid === pid))
  return found.map(identity)
}

/** Processes that were started for this folder, whoever their parent is now: its path stands in their command line or environment. */
export function processesOfFolder(folder: string): ProcessId[] {
  return allProcesses()
    .filter(({ pid, commandLine }) => commandLine.includes(folder) || read(`/proc/${pid}/environ`).includes(folder))
    .map(identity)
}

export function isAlive({ pid, startedAt }: ProcessId): boolean {
  const now = statOf(pid)
  return now !== undefined && now.startedAt === startedAt && !now.isZombie
}

/** Physical memory of a process; 0 when it is gone. */
export function residentBytes(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? []
  return Number(kibibytes) * 1024
}

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined)
    .filter(({ isZombie }) => !isZombie)
}

function statOf(pid: number): ProcessStat | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The second field is the name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', parent = ''] = fields
  const startedAt = fields[19]
  if (startedAt === undefined) return undefined
  const commandLine = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
  return { pid, startedAt, commandLine, parentPid: Number(parent), isZombie: state === 'Z' || state === 'X' }
}

function identity({ pid, startedAt, commandLine }: ProcessStat): ProcessId {
  return { pid, startedAt, commandLine }
}

/** Empty when the process is gone, or is not ours to look at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
