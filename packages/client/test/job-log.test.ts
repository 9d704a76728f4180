import type { FileId, JobId, JobLogLine } from '@bellhop/model'
import { uploadBytes } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import { startHouse } from './world/house.ts'
import type { House } from './world/house.ts'

const SOON = { timeout: 20_000 }

let house: House
let fileId: FileId

beforeAll(async () => {
  house = await startHouse({ worker: false })
  fileId = (await uploadBytes(house.platform.owner, 'notes.txt', 'a', { startJobs: false })).file.id
})
afterAll(() => house[Symbol.asyncDispose]())

/** What a worker writes. */
async function say(id: JobId, seq: number): Promise<void> {
  const { database, notifier } = house.platform.platform
  await database.sql`
    insert into job_log (job_id, seq, attempt, line, at) values (${id}, ${seq}, 1, ${`line ${seq}`}, now())`
  notifier.jobChanged({ id, workspaceId: house.platform.owner.caller.workspaceId })
}

describe.for(['ws', 'sse'] as const)('over %s', (transport) => {
  test('a log is followed over a restart of the server, no line twice and none missed, until the job ends', async () => {
    await using bellhop = connect({ url: house.api.url, transport })
    const { id } = await bellhop.jobs.submit('image.variants', { fileId })
    await say(id, 1)
    const seen: JobLogLine[] = []
    const following = (async () => {
      for await (const line of bellhop.jobs.followLog(id)) seen.push(line)
    })()
    await expect.poll(() => seen.length, SOON).toBe(1)
    await house.api.stop()
    await say(id, 2)
    await house.api.start()
    await expect.poll(() => seen.length, SOON).toBe(2)
    await say(id, 4)
    await bellhop.jobs.cancel(id)
    await following
    expect(seen.map(({ seq, line }) => [seq, line])).toEqual([
      [1, 'line 1'],
      [2, 'line 2'],
      [4, 'line 4'],
    ])
    expect(await bellhop.jobs.log(id, { after: 2 })).toMatchObject({ lines: [{ seq: 4 }], dropped: 1 })
  })
})

test('waiting jobs are asked for their places together', async () => {
  await using bellhop = connect({ url: house.api.url })
  const jobs = [
    await bellhop.jobs.submit('image.variants', { fileId }),
    await bellhop.jobs.submit('image.variants', { fileId }),
  ]
  await expect.poll(async () => (await bellhop.jobs.queue(jobs)).size, SOON).toBe(2)
  const places = await bellhop.jobs.queue(jobs)
  expect(jobs.map(({ id }) => places.get(id)?.place)).toEqual([1, 2])
  await bellhop.jobs.cancel(jobs[0]!)
  await expect.poll(async () => (await bellhop.jobs.queue(jobs)).get(jobs[1]!.id)?.place, SOON).toBe(1)
  expect(await bellhop.jobs.queue([])).toEqual(new Map())
})
