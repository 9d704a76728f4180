import {
  getAccount,
  listViews,
  pauseView,
  refreshView,
  refreshWorkspaceView,
  resumeView,
  searchCatalog,
  updateFile,
} from '@bellhop/business'
import { startTestPlatform, until, uploadBytes, type TestPlatform } from '@bellhop/testkit'
import type { FileId } from '@bellhop/model'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform
let fileId: FileId
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestPlatform()
  worker = await world.startWorker()
  const { file } = await uploadBytes(world.owner, 'plan.txt', 'a plan', { startJobs: false })
  fileId = file.id
  await until('it is in the catalog', async () => (await shown()).names.includes('plan.txt'))
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

async function shown() {
  const { items, freshness } = await searchCatalog(world.owner, { sort: 'newest', limit: 10 })
  return { names: items.map(({ name }) => name), stale: freshness.stale }
}

async function catalog() {
  const views = await listViews(world.owner)
  return views.find(({ name }) => name === 'catalog')
}

test('a paused view is read on, says that it is behind and why, and catches up when it is resumed', async () => {
  await pauseView(world.owner, { name: 'catalog' })
  await updateFile(world.owner, { fileId, name: 'plan b.txt' })

  expect(await shown()).toEqual({ names: ['plan.txt'], stale: true })
  expect(await catalog()).toMatchObject({ mode: 'paused', why: expect.stringContaining('paused') })
  await expect(refreshView(world.owner, { name: 'catalog' })).rejects.toMatchObject({ code: 'VIEW_PAUSED' })

  await resumeView(world.owner, { name: 'catalog' })
  await until('it has caught up', async () => !(await shown()).stale)
  expect((await shown()).names).toEqual(['plan b.txt'])
  expect(await catalog()).toMatchObject({ mode: 'fresh' })
})

test('what a workspace sees is computed anew when it asks for it', async () => {
  await world.platform.database.sql`update catalog set name = 'forged' where id = ${fileId}`
  expect((await shown()).names).toEqual(['forged'])

  await refreshWorkspaceView(world.owner, { name: 'catalog' })

  await until('it is mended', async () => (await shown()).names[0] === 'plan b.txt')
})

test('what all workspaces read is for owners of the first one, who are told so; another owner refreshes what is theirs', async () => {
  const stranger = await world.stranger()
  for (const act of [pauseView, resumeView, refreshView]) {
    await expect(act(stranger, { name: 'catalog' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('owners of the first workspace'),
    })
  }
  expect(await catalog()).toMatchObject({ mode: expect.not.stringMatching('paused') })
  await expect(refreshWorkspaceView(stranger, { name: 'catalog' })).resolves.toEqual({ name: 'catalog' })
  await expect(getAccount(stranger)).resolves.toMatchObject({ role: 'owner', isOperator: false })
  await expect(getAccount(world.as('member'))).resolves.toMatchObject({ isOperator: false })
  await expect(getAccount(world.owner)).resolves.toMatchObject({ isOperator: true })
})

test('a view that there is not is refused by its name', async () => {
  await expect(pauseView(world.owner, { name: 'secrets' })).rejects.toMatchObject({
    code: 'VIEW_NOT_FOUND',
    message: 'There is no view `secrets`; there are catalog, insights, usage.',
  })
})

test('Korean names are found by any part of them, one syllable too, however a Mac has spelled them', async () => {
  await uploadBytes(world.owner, '계약서 초안.txt'.normalize('NFD'), '내용', { startJobs: false })
  const found = async (text: string) => {
    const { items } = await searchCatalog(world.owner, { text, sort: 'newest', limit: 10 })
    return items.map(({ name }) => name)
  }
  await until('it is in the catalog', async () => (await found('계약서')).length > 0)
  for (const text of ['계', '약서', '초안', '계약서 초'.normalize('NFD')]) {
    expect(await found(text)).toEqual(['계약서 초안.txt'])
  }
  expect(await found('영수증')).toEqual([])
})
