import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from 'postgres'

/** As many jobs at once as a worker of a larger machine has. */
export const CONCURRENCY = 24
/** Submissions at once. */
const LANES = 16
const LOOK_EVERY_MS = 2

/** A queue of jobs that do nothing: what is left is what the queue itself costs. */
export interface Queue extends AsyncDisposable {
  /** Submits one job. */
  submit(): Promise<void>
  /** Starts a worker, which calls `onRun` for each job; disposing stops it. */
  work(onRun: () => void): Promise<AsyncDisposable>
  /** Whether any job has not ended. */
  isBusy(): Promise<boolean>
}

/** Submits `count` jobs, some at once. Answers jobs a second. */
export async function fill(queue: Queue, count: number): Promise<number> {
  const startedAtMs = performance.now()
  let left = count
  const lane = async () => {
    while (left-- > 0) await queue.submit()
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return (count * 1000) / (performance.now() - startedAtMs)
}

/** Has `count` waiting jobs done. Answers jobs a second, from the first that ran to the end of the last. */
export async function drain(queue: Queue, count: number, signal: AbortSignal): Promise<number> {
  let ran = 0
  let startedAtMs = Number.NaN
  const worker = await queue.work(() => {
    if (ran++ === 0) startedAtMs = performance.now()
  })
  try {
    const isOver = async () => ran >= count && !(await queue.isBusy())
    while (!(await isOver())) await delay(LOOK_EVERY_MS, undefined, { signal })
    return (count * 1000) / (performance.now() - startedAtMs)
  } finally {
    await worker[Symbol.asyncDispose]()
  }
}

/** Another database of the same server. */
export async function makeDatabase(sql: Sql, url: string, name: string): Promise<string> {
  await sql.unsafe(`create database ${name}`)
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
