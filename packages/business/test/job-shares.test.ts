import { getJobShare, listJobShares, lowerJobLimit, setJobShare, submitJob } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { findSnapshots, releaseForgotten } from '@bellhop/persistence'
import { HandWorker, startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform
let operator: Context
let stranger: Context
let ofOperator: string
let ofStranger: string

beforeAll(async () => {
  world = await startTestPlatform()
  operator = world.owner
  stranger = await world.stranger()
  ofOperator = (await uploadBytes(operator, 'a.csv', 'a\n1\n', { startJobs: false })).file.id
  ofStranger = (await uploadBytes(stranger, 'a.csv', 'a\n1\n', { startJobs: false })).file.id
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

const profile = (ctx: Context, fileId: string) => submitJob(ctx, { kind: 'dataset.profile', input: { fileId } })

test('a bound holds from then on, an owner lowers it and cannot raise it, and a raised one lets the next in', async () => {
  const { workspaceId } = stranger.caller
  expect(await getJobShare(stranger)).toEqual({ weight: 1, maxRunningJobs: null })
  expect(await lowerJobLimit(stranger, { maxRunningJobs: 2 })).toEqual({ weight: 1, maxRunningJobs: 2 })
  expect(await lowerJobLimit(stranger, { maxRunningJobs: 1 })).toMatchObject({ maxRunningJobs: 1 })
  await expect(lowerJobLimit(stranger, { maxRunningJobs: 2 })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('may run one job at once'),
  })
  const worker = new HandWorker(world.platform, workspaceId)
  const [first, second] = [await profile(stranger, ofStranger), await profile(stranger, ofStranger)]
  await worker.claim(first.id)
  await expect(worker.claim(second.id)).rejects.toThrow('cannot take that step')
  const [waiting] = await findSnapshots(world.platform.database.db, workspaceId, [second.id])
  expect(waiting).toMatchObject({ status: 'PENDING', waitingFor: 'slot' })

  await setJobShare(operator, { workspaceId, maxRunningJobs: null })
  await world.platform.database.db.transaction((tx) => releaseForgotten(tx))
  await worker.claim(second.id)
  const { items } = await listJobShares(operator, { limit: 100 })
  expect(items).toContainEqual({ id: workspaceId, name: 'Elsewhere', weight: 1, maxRunningJobs: null, running: 2 })
})

test('a weight of 3 has three of four of the turns that are given from then on', async () => {
  const { workspaceId } = stranger.caller
  expect(await setJobShare(operator, { workspaceId, weight: 3 })).toMatchObject({ weight: 3 })
  for (let n = 0; n < 8; n++) {
    await profile(operator, ofOperator)
    await profile(stranger, ofStranger)
  }
  const turns = await world.platform.database.sql<{ workspace_id: string }[]>`
    select workspace_id from jobs where status = 'PENDING' order by turn limit 8`
  const theirs = turns.filter(({ workspace_id: id }) => id === workspaceId).length
  expect(theirs).toBeGreaterThanOrEqual(5)
  expect(theirs).toBeLessThanOrEqual(7)
})

test('shares are for owners of the first workspace, and pages of them miss none', async () => {
  const { workspaceId } = stranger.caller
  for (const ctx of [stranger, world.as('member')]) {
    await expect(setJobShare(ctx, { workspaceId, weight: 1_000 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(listJobShares(ctx, { limit: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  }
  await expect(setJobShare(operator, { workspaceId: 'ws_none', weight: 2 })).rejects.toMatchObject({
    code: 'WORKSPACE_NOT_FOUND',
  })
  const first = await listJobShares(operator, { limit: 1 })
  const second = await listJobShares(operator, { limit: 1, cursor: first.nextCursor! })
  expect(second.nextCursor).toBeNull()
  expect(new Set([...first.items, ...second.items].map(({ id }) => id))).toEqual(
    new Set([operator.caller.workspaceId, workspaceId]),
  )
})
