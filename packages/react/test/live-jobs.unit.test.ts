import { BellhopError } from '@bellhop/client'
import type { Bellhop } from '@bellhop/client'
import type { JobDetail, JobSnapshot } from '@bellhop/model'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { jobKey } from '../src/job-keys.ts'
import { newerJob } from '../src/job-version.ts'
import { LiveJobs } from '../src/live-jobs.ts'
import { JOB, jobState } from './job-states.ts'

/** What the server tells: each call of `watch` gets the next of `streams`, each of `get` the next of `reads`. */
function clientThatTells(streams: (readonly JobSnapshot[] | Error | 'silence')[], reads: readonly JobDetail[]) {
  const signals: AbortSignal[] = []
  const left = [...reads]
  const jobs = {
    get: () => Promise.resolve(left.shift() ?? reads.at(-1)),
    async *watch(_id: string, { signal }: { signal: AbortSignal }) {
      signals.push(signal)
      const stream = streams.shift() ?? []
      if (stream instanceof Error) throw stream
      if (stream === 'silence') return void (await new Promise((resolve) => signal.addEventListener('abort', resolve)))
      yield* stream
    },
  }
  // As much of it as is asked here.
  return { bellhop: { jobs } as unknown as Bellhop, signals }
}

let cache: QueryClient
const seen: JobDetail[] = []

beforeEach(() => {
  vi.useFakeTimers()
  seen.length = 0
  cache = new QueryClient()
  cache.setQueryData(jobKey(JOB), jobState(1))
  cache.getQueryCache().subscribe(({ query }) => {
    const job = query.state.data as JobDetail
    if (seen.at(-1) !== job) seen.push(job)
  })
})
afterEach(() => {
  cache.clear()
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(1)

test('what comes late, over whatever road, changes nothing', () => {
  const known = jobState(3)
  expect(newerJob(known, undefined)).toBe(known)
  expect(newerJob(known, jobState(3, { status: 'COMPLETED' }))).toBe(known)
  expect(newerJob(known, jobState(4, { status: 'COMPLETED' }))).toEqual(jobState(4, { status: 'COMPLETED' }))
})

test('a job is followed to its end, which comes together with its output', async () => {
  const done = jobState(4, { status: 'COMPLETED', progress: 1, output: { words: 3 } })
  const { bellhop } = clientThatTells([[jobState(2), jobState(3), { ...done, output: null } as JobSnapshot]], [done])
  const stop = new LiveJobs(bellhop, cache).follow(JOB)
  await settle()
  expect(seen.map(({ version, output }) => [version, output])).toEqual([
    [2, null],
    [3, null],
    [4, { words: 3 }],
  ])
  stop()
})

test('a job that was started again before its end was read is followed on', async () => {
  const again = jobState(5, { status: 'PENDING', attempt: 2 })
  const done = jobState(7, { status: 'COMPLETED', attempt: 2, output: {} })
  const { bellhop } = clientThatTells([[jobState(4, { status: 'FAILED' })], [jobState(6), done]], [again, done])
  const stop = new LiveJobs(bellhop, cache).follow(JOB)
  await settle()
  expect(seen.map(({ version }) => version)).toEqual([5, 6, 7])
  stop()
})

test('however many follow it, and though React mounts twice, a job is watched once, until nobody follows it', async () => {
  const { bellhop, signals } = clientThatTells(['silence'], [])
  const live = new LiveJobs(bellhop, cache)
  live.follow(JOB)()
  const stops = [live.follow(JOB), live.follow(JOB)]
  await vi.advanceTimersByTimeAsync(60_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  for (const stop of [...stops, ...stops]) stop()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(vi.getTimerCount()).toBe(0)
})

test('a stream that the SDK has given up is asked for again while somebody follows, and not after', async () => {
  const lost = new BellhopError('NETWORK')
  const { bellhop, signals } = clientThatTells([lost, lost, [jobState(2)], lost], [jobState(1)])
  const stop = new LiveJobs(bellhop, cache).follow(JOB)
  await vi.advanceTimersByTimeAsync(12_000)
  expect(cache.getQueryData<JobDetail>(jobKey(JOB))?.version).toBe(2)
  stop()
  await vi.advanceTimersByTimeAsync(60_000)
  const asked = signals.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(signals.length).toBe(asked)
})
