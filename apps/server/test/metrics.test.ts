import { cancelJob, submitJob } from '@bellhop/business'
import { tallyEndedJobs } from '@bellhop/persistence'
import { until, uploadBytes } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './world/server.ts'
import type { TestServer } from './world/server.ts'

let server: TestServer
let fileId: string

beforeAll(async () => {
  server = await startTestServer()
  fileId = (await uploadBytes(server.world.owner, 'orders.csv', 'a,b\n1,2\n')).file.id
})
afterAll(() => server[Symbol.asyncDispose]())

async function scrape({ url }: TestServer): Promise<string[]> {
  const response = await fetch(`${url}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
  return (await response.text()).split('\n').filter((line) => /^bellhop_(queue|jobs|worker|work)/.test(line))
}

test('a scrape tells of each kind what waits, and names no workspace', async () => {
  const { owner } = server.world
  await submitJob(owner, { kind: 'file.verify', input: { fileId } })
  const lines = await scrape(server)
  expect(lines).toEqual(
    expect.arrayContaining([
      'bellhop_queue_depth{kind="dataset.profile"} 1',
      'bellhop_queue_depth{kind="file.verify"} 1',
      'bellhop_jobs_running{kind="file.verify"} 0',
      'bellhop_work_waiting_worker_seconds{kind="file.verify"} 10',
      'bellhop_workers 0',
      'bellhop_worker_slots{state="free"} 0',
    ]),
  )
  expect(lines.join('\n')).toMatch(/^bellhop_queue_oldest_wait_seconds\{kind="dataset.profile"\} \d/m)
  expect(lines.join('\n')).not.toContain(owner.caller.workspaceId)
})

test('what has ended is counted once its minute is over', async () => {
  const { owner, platform } = server.world
  const job = await submitJob(owner, { kind: 'file.verify', input: { fileId } })
  await cancelJob(owner, { jobId: job.id })
  await platform.database.sql`
    update jobs set finished_at = finished_at - interval '2 minutes', version = version + 1 where id = ${job.id}`
  await tallyEndedJobs(platform.database.db)
  const found = await until('the figures are read anew', async () =>
    (await scrape(server)).find((line) => line.startsWith('bellhop_jobs_ended_total')),
  )
  expect(found).toBe('bellhop_jobs_ended_total{kind="file.verify",status="cancelled"} 1')
})

test('without a database there are no figures of jobs, and none that lie', async () => {
  await using alone = await startTestServer()
  await alone.world.platform.database[Symbol.asyncDispose]()
  expect(await scrape(alone)).toEqual([])
  expect(alone.world.complaints).toEqual([expect.stringMatching(/^The figures of jobs could not be read/)])
})
