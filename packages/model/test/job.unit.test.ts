import {
  JOB_COMMANDS,
  JOB_STATUSES,
  JOB_TRANSITIONS,
  isJobEnded,
  jobStatusesBefore,
  nextJobStatus,
  isFinal,
  retryDelayMs,
  retryPolicyOf,
} from '@bellhop/model'
import type { JobCommand, JobStatus } from '@bellhop/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('only the arrows of the design exist', () => {
  const arrows = JOB_STATUSES.flatMap((from) =>
    JOB_COMMANDS.flatMap((command) => nextJobStatus(from, command) ?? []).map((to) => `${from} → ${to}`),
  )
  expect(arrows.toSorted()).toEqual([
    'FAILED → PENDING',
    'PENDING → CANCELLED',
    'PENDING → FAILED',
    'PENDING → PROCESSING',
    'PROCESSING → CANCELLED',
    'PROCESSING → COMPLETED',
    'PROCESSING → FAILED',
  ])
})

test('a job runs only between a claim and one end, whatever commands come', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<JobCommand>(...JOB_COMMANDS), { maxLength: 40 }), (commands) => {
      let status: JobStatus = 'PENDING'
      let final: JobStatus | undefined
      for (const command of commands) {
        const next = nextJobStatus(status, command)
        if (next === null) continue
        expect(final).toBeUndefined()
        if (next === 'COMPLETED') expect(status).toBe('PROCESSING')
        if (status === 'FAILED') expect(next).toBe('PENDING')
        status = next
        if (status === 'COMPLETED' || status === 'CANCELLED') final = status
      }
      expect(isJobEnded(status)).toBe(status !== 'PENDING' && status !== 'PROCESSING')
    }),
  )
})

test('the statuses before a command are those whose row has an arrow for it', () => {
  for (const command of JOB_COMMANDS) {
    for (const status of JOB_STATUSES) {
      expect(jobStatusesBefore(command).includes(status)).toBe(JOB_TRANSITIONS[status][command] !== null)
    }
  }
})

test('the delays of the automatic retries are 2 s and 8 s, give or take a fifth', () => {
  const policy = retryPolicyOf({})
  expect(policy.tries).toBe(3)
  expect([1, 2].map((attempt) => [0, 0.5, 1].map((random) => retryDelayMs(policy, attempt, random)))).toEqual([
    [1600, 2000, 2400],
    [6400, 8000, 9600],
  ])
})

test('a kind says how often and how far apart it is tried again, up to a bound, and what is final', () => {
  const policy = retryPolicyOf({
    retries: { firstDelayMs: 100, delayFactor: 10, maxDelayMs: 5_000, jitter: 0, finalErrors: ['NO_ACCOUNT'] },
  })
  expect([1, 2, 3].map((attempt) => retryDelayMs(policy, attempt, 0.5))).toEqual([100, 1_000, 5_000])
  const failure = { code: 'NO_ACCOUNT', sentence: 'There is no account.', retryable: true }
  expect(isFinal(policy, failure)).toBe(true)
  expect(isFinal(policy, { ...failure, code: 'AWAY' })).toBe(false)
  expect(isFinal(policy, { ...failure, code: 'AWAY', retryable: false })).toBe(true)
})
