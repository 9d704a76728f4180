import { uploadBytes } from '@bellhop/testkit'
import { expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import { startHouse } from './world/house.ts'

test('an owner is told what waits and sets how it is shared, and others that it is not theirs', async () => {
  await using house = await startHouse({ worker: false })
  await using bellhop = connect({ url: house.api.url, retries: 0 })
  const { file } = await uploadBytes(house.platform.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  await bellhop.jobs.submit('dataset.profile', { fileId: file.id })
  const report = () => bellhop.operations.report()
  await expect.poll(async () => (await report()).queue[0]?.waiting, { timeout: 20_000 }).toBe(1)
  expect(await report()).toMatchObject({
    here: { PENDING: 1, PROCESSING: 0 },
    queue: [{ kind: 'dataset.profile' }],
    capacity: { workers: 0, slots: 0, drainMs: null },
    workers: [],
  })
  const { workspaceId } = house.platform.owner.caller
  expect(await bellhop.operations.setJobShare(workspaceId, { weight: 2, maxRunningJobs: 9 })).toEqual({
    weight: 2,
    maxRunningJobs: 9,
  })
  expect(await bellhop.account.lowerJobLimit(4)).toMatchObject({ maxRunningJobs: 4 })
  expect((await bellhop.operations.jobShares()).items).toEqual([
    { id: workspaceId, name: 'Home', weight: 2, maxRunningJobs: 4, running: 0 },
  ])
  expect(await bellhop.account.jobShare()).toEqual({ weight: 2, maxRunningJobs: 4 })
  house.api.caller = house.platform.as('viewer').caller
  await expect(report()).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
