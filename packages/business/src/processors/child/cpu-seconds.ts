import { readFileSync } from 'node:fs'
import process from 'node:process'

/** Linux counts in these, whatever its clock ticks at. */
const TICKS_PER_SECOND = 100

/** What this process has used of the processors, with all threads, and on Linux its children that have ended. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6 + childrenSeconds()
}

function childrenSeconds(): number {
  if (process.platform !== 'linux') return 0
  try {
    // After the name, which may hold anything but ends with the last bracket: fields 3 and on; cutime and cstime are 16, 17.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}
