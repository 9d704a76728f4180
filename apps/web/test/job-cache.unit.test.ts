import type { JobId, JobSnapshot } from '@bellhop/model'
import { describe, expect, it } from 'vitest'
import { LIVE_JOBS_MAX, mergeJobs } from '../src/live/job-cache.ts'
import { jobSnapshot } from './job-snapshots.ts'

function job(id: JobId, version: number, status: JobSnapshot['status'] = 'PROCESSING'): JobSnapshot {
  return jobSnapshot(id, { version, status })
}

describe('mergeJobs', () => {
  it('keeps the highest version of each job, in whatever order they come', () => {
    const merged = mergeJobs(new Map(), [job('job_a', 2), job('job_a', 3), job('job_a', 1), job('job_b', 1)])
    expect([...merged.values()].map(({ id, version }) => [id, version])).toEqual([
      ['job_a', 3],
      ['job_b', 1],
    ])
  })

  it('is the same map when nothing is news', () => {
    const known = mergeJobs(new Map(), [job('job_a', 5)])
    expect(mergeJobs(known, [job('job_a', 5), job('job_a', 4)])).toBe(known)
  })

  it('forgets ended jobs beyond its bound, and never one that runs', () => {
    const running = job('job_running', 1)
    const ended = Array.from({ length: LIVE_JOBS_MAX + 10 }, (_, index) => job(`job_${index}`, 1, 'COMPLETED'))
    const merged = mergeJobs(new Map(), [running, ...ended])
    expect(merged.size).toBe(LIVE_JOBS_MAX)
    expect(merged.has('job_running')).toBe(true)
    expect(merged.has('job_0')).toBe(false)
  })
})
