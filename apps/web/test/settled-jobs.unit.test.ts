import type { JobSnapshot } from '@bellhop/model'
import { describe, expect, it } from 'vitest'
import { settledJobs } from '../src/jobs/settled-jobs.ts'
import { jobSnapshot } from './job-snapshots.ts'

function job(name: string, minute: number, version = 1): JobSnapshot {
  const createdAt = new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString()
  return jobSnapshot(`job_${name}`, { status: 'PENDING', version, createdAt })
}

describe('settledJobs', () => {
  it('holds newer jobs back and lets older ones join at the end', () => {
    const shown = [job('c', 3), job('b', 2)]
    const { rows, fresh } = settledJobs(shown, [job('d', 4), job('c', 3), job('b', 2), job('a', 1)])
    expect(rows.map(({ id }) => id)).toEqual(['job_c', 'job_b', 'job_a'])
    expect(fresh.map(({ id }) => id)).toEqual(['job_d'])
  })

  it('keeps a row that the filter no longer answers, and takes in what is new of the others', () => {
    const { rows } = settledJobs([job('c', 3), job('b', 2)], [job('c', 3, 9)])
    expect(rows.map(({ id, version }) => [id, version])).toEqual([
      ['job_c', 9],
      ['job_b', 1],
    ])
  })

  it('shows everything when nothing was shown', () => {
    const fetched = [job('b', 2), job('a', 1)]
    expect(settledJobs([], fetched)).toEqual({ rows: fetched, fresh: [] })
  })
})
