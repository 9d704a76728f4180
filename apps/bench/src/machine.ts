import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { GIB } from '@bellhop/model'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly os: string
  /** Mean number of runnable processes over 1, 5 and 15 minutes, before the run. */
  readonly load: readonly number[]
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / GIB) * 10) / 10,
    node: process.version,
    os: `${type()} ${release()}`,
    load: loadavg().map((mean) => Math.round(mean * 100) / 100),
  }
}

/** The installed version, as the module at `from` sees it. */
export function versionOf(name: string, from: string = import.meta.url): string {
  const path = findPackageJSON(name, from)
  if (path === undefined) throw new Error(`The package ${name} is not installed; run \`pnpm install\`.`)
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  return version
}
