import { appRouter } from '@bellhop/api'
import type { RequestContext } from '@bellhop/api'
import { createApiKey, createWebhook, listValetKeys, submitJob, testWebhook } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { startTestPlatform, until, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform
let theirs: Context
let mine: Ids
let caller: ReturnType<typeof appRouter.createCaller>

interface Ids {
  workspaceId: string
  fileId: string
  outputId: string
  uploadId: string
  jobId: string
  apiKeyId: string
  valetKeyId: string
  webhookId: string
  deliveryId: string
}

beforeAll(async () => {
  world = await startTestPlatform()
  const { owner } = world
  await using _ = await world.startWorker()
  const { file, jobs } = await uploadBytes(owner, 'secret plans.csv', 'a,b\n1,2\n', { tags: ['secret'] })
  const done = await until('it is profiled', async () => {
    const rows = await world.platform.database.sql<{ id: string; upload_id: string }[]>`
      select o.id, u.id as upload_id from outputs o join uploads u on u.file_id = o.file_id where o.file_id = ${file.id}`
    return rows[0]
  })
  await until(
    'it is in the catalog',
    async () => (await world.platform.database.sql`select from catalog where id = ${file.id}`).length > 0,
  )
  const { record } = await createApiKey(owner, { name: 'mine', role: 'owner' })
  const [key] = (await listValetKeys(owner, { fileId: file.id, limit: 1 })).items
  const { webhook } = await createWebhook(owner, { url: 'https://example.com/secret', events: ['job.failed'] })
  mine = {
    workspaceId: owner.caller.workspaceId,
    webhookId: webhook.id,
    deliveryId: (await testWebhook(owner, webhook)).id,
    valetKeyId: key!.id,
    fileId: file.id,
    outputId: done.id,
    uploadId: done.upload_id,
    jobId: jobs[0]!.id,
    apiKeyId: record.id,
  }
  theirs = await world.stranger()
  caller = appRouter.createCaller(requestContext(theirs))
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

function requestContext(ctx: Context): RequestContext {
  return {
    platform: ctx.platform,
    jobHub: ctx.jobHub,
    viewHub: ctx.viewHub,
    requestId: 'test',
    identify: async () => ctx.caller,
    hasRoom: () => true,
    drained: async () => {},
  }
}

/**
 * Every procedure there is, called by a stranger with ids of ours. `code`: it is refused. `sees`: it answers, and these
 * words of ours must not be in the answer.
 */
const ATTEMPTS: Record<string, { input: (ids: Ids) => unknown; code?: string }> = {
  'account.me': { input: () => undefined },
  'account.createWorkspace': { input: () => ({ name: 'Another' }) },
  'account.apiKeys.list': { input: () => undefined },
  'account.apiKeys.create': { input: () => ({ name: 'theirs' }) },
  'account.apiKeys.revoke': { input: ({ apiKeyId }) => ({ id: apiKeyId }), code: 'INVALID_INPUT' },
  'account.quota': { input: () => undefined },
  'account.setQuota': {
    input: () => ({ quota: { maxBytes: 2 ** 30, maxFiles: 9, maxFileBytes: 2 ** 20, mediaTypes: ['text/*'] } }),
  },
  'account.jobShare': { input: () => undefined },
  'account.lowerJobLimit': { input: () => ({ maxRunningJobs: 2 }) },
  'catalog.search': { input: () => ({ text: 'secret' }) },
  'catalog.facets': { input: () => ({}) },
  'downloads.start': { input: ({ fileId }) => ({ id: fileId }), code: 'FILE_NOT_FOUND' },
  'downloads.previews': { input: ({ outputId, fileId }) => ({ ids: [outputId, fileId] }) },
  'files.get': { input: ({ fileId }) => ({ fileId }), code: 'FILE_NOT_FOUND' },
  'files.digests': { input: ({ fileId }) => ({ fileId }), code: 'FILE_NOT_FOUND' },
  'files.update': { input: ({ fileId }) => ({ fileId, name: 'stolen.csv' }), code: 'FILE_NOT_FOUND' },
  'files.delete': { input: ({ fileId }) => ({ fileId }), code: 'FILE_NOT_FOUND' },
  'insights.summary': { input: () => ({}) },
  'insights.usage': { input: () => ({}) },
  'jobs.submit': { input: ({ fileId }) => ({ kind: 'dataset.profile', input: { fileId } }), code: 'FILE_NOT_FOUND' },
  'jobs.get': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  'jobs.list': { input: ({ fileId }) => ({ fileId }) },
  'jobs.cancel': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  'jobs.retry': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  // Places of others' jobs are left out.
  'jobs.queue': { input: ({ jobId }) => ({ jobIds: [jobId] }) },
  'jobs.log': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  'jobs.logFeed': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  'jobs.watch': { input: ({ jobId }) => ({ jobId }), code: 'JOB_NOT_FOUND' },
  'jobs.feed': { input: () => ({}) },
  'operations.report': { input: () => undefined },
  'operations.listJobShares': { input: () => ({}), code: 'FORBIDDEN' },
  'operations.setJobShare': { input: ({ workspaceId }) => ({ workspaceId, weight: 9 }), code: 'FORBIDDEN' },
  'storage.report': { input: () => undefined },
  'storage.check': { input: () => undefined },
  'storage.sweep': { input: () => undefined },
  'uploads.start': { input: () => ({ name: 'theirs.txt', sizeBytes: 1 }) },
  'uploads.signParts': { input: ({ uploadId }) => ({ uploadId, parts: [{ number: 1 }] }), code: 'UPLOAD_NOT_FOUND' },
  'uploads.complete': { input: ({ uploadId }) => ({ uploadId }), code: 'UPLOAD_NOT_FOUND' },
  'uploads.abort': { input: ({ uploadId }) => ({ uploadId }), code: 'UPLOAD_NOT_FOUND' },
  'uploads.get': { input: ({ uploadId }) => ({ uploadId }), code: 'UPLOAD_NOT_FOUND' },
  'uploads.listOpen': { input: () => undefined },
  'uploads.renew': { input: ({ uploadId }) => ({ uploadId }), code: 'UPLOAD_NOT_FOUND' },
  'valetKeys.list': { input: ({ fileId, uploadId }) => ({ fileId, uploadId, text: 'plans' }) },
  'valetKeys.revoke': { input: ({ valetKeyId }) => ({ id: valetKeyId }), code: 'VALET_KEY_NOT_FOUND' },
  'views.status': { input: () => undefined },
  'views.refresh': { input: () => ({ name: 'insights' }), code: 'FORBIDDEN' },
  'views.refreshWorkspace': { input: () => ({ name: 'catalog' }) },
  'views.pause': { input: () => ({ name: 'usage' }), code: 'FORBIDDEN' },
  'views.resume': { input: () => ({ name: 'usage' }), code: 'FORBIDDEN' },
  'presets.list': { input: () => undefined },
  'presets.set': { input: () => ({ name: 'theirs', kind: 'image.variants', settings: {} }) },
  'presets.delete': { input: () => ({ name: 'secret preset' }), code: 'PRESET_NOT_FOUND' },
  'webhooks.create': { input: () => ({ url: 'https://example.com/theirs' }) },
  'webhooks.list': { input: () => undefined },
  'webhooks.update': { input: ({ webhookId }) => ({ id: webhookId, enabled: false }), code: 'WEBHOOK_NOT_FOUND' },
  'webhooks.delete': { input: ({ webhookId }) => ({ id: webhookId }), code: 'WEBHOOK_NOT_FOUND' },
  'webhooks.rotateSecret': { input: ({ webhookId }) => ({ id: webhookId }), code: 'WEBHOOK_NOT_FOUND' },
  'webhooks.test': { input: ({ webhookId }) => ({ id: webhookId }), code: 'WEBHOOK_NOT_FOUND' },
  'webhooks.deliveries': { input: ({ webhookId }) => ({ id: webhookId }), code: 'WEBHOOK_NOT_FOUND' },
  'webhooks.replay': { input: ({ deliveryId }) => ({ deliveryId }), code: 'DELIVERY_NOT_FOUND' },
  'views.watch': { input: () => ({ views: ['catalog'] }) },
}

test('every procedure is tried', () => {
  expect(Object.keys(appRouter._def.procedures).toSorted()).toEqual(Object.keys(ATTEMPTS).toSorted())
})

describe('a stranger with our ids', () => {
  test.each(Object.entries(ATTEMPTS))('%s', async (path, { input, code }) => {
    const attempt = call(path, input(mine))
    if (code) await expect(attempt).rejects.toMatchObject({ cause: { code } })
    else
      expect(JSON.stringify((await attempt) ?? null)).not.toMatch(
        new RegExp(`secret|${mine.fileId}|${mine.jobId}|${mine.outputId}|${world.owner.caller.workspaceId}`),
      )
  })
})

test('what was tried has changed nothing of ours', async () => {
  const [row] = await world.platform.database.sql<
    { name: string; status: string; max_bytes: string | null; revoked: boolean; keys_revoked: string }[]
  >`
    select f.name, f.status, (select count(*) from valet_keys k where k.revoked_at is not null) as keys_revoked,
      (select max_bytes from quotas q where q.workspace_id = f.workspace_id), (select revoked_at is not null from api_keys where id = ${mine.apiKeyId}) as revoked from files f where f.id = ${mine.fileId}`
  expect(row).toEqual({ name: 'secret plans.csv', status: 'READY', max_bytes: null, revoked: false, keys_revoked: '0' })
})

test('a viewer may look and change nothing', async () => {
  const viewer = appRouter.createCaller(requestContext(world.as('viewer')))
  expect((await viewer.files.get({ fileId: mine.fileId as never })).name).toBe('secret plans.csv')
  const changes: Promise<unknown>[] = [
    viewer.files.delete({ fileId: mine.fileId as never }),
    viewer.uploads.start({ name: 'x', sizeBytes: 1 }),
    viewer.jobs.cancel({ jobId: mine.jobId as never }),
    viewer.account.apiKeys.list(),
    viewer.account.setQuota({ quota: { maxBytes: null, maxFiles: null, maxFileBytes: null, mediaTypes: null } }),
    viewer.views.refresh({ name: 'insights' }),
    viewer.views.refreshWorkspace({ name: 'catalog' }),
    viewer.views.pause({ name: 'catalog' }),
    viewer.views.resume({ name: 'catalog' }),
    viewer.operations.report(),
    viewer.storage.report(),
    viewer.webhooks.list(),
    viewer.webhooks.create({ url: 'https://example.com' }),
    viewer.storage.check(),
    viewer.storage.sweep(),
  ]
  for (const change of changes) await expect(change).rejects.toMatchObject({ cause: { code: 'FORBIDDEN' } })
})

test('a job of another workspace cannot be made to hang on our file by a key of ours', async () => {
  await expect(
    submitJob(theirs, { kind: 'dataset.profile', input: { fileId: mine.fileId }, idempotencyKey: 'k' }),
  ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})

async function call(path: string, input: unknown): Promise<unknown> {
  const procedure = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], caller)
  const answer = await (procedure as (input: unknown) => Promise<unknown>)(input)
  if (!isAsyncIterable(answer)) return answer
  // A subscription: whatever it says within a moment.
  const iterator = answer[Symbol.asyncIterator]()
  const first = iterator.next()
  const silence = new Promise<null>((resolve) => setTimeout(() => resolve(null), 300))
  return Promise.race([first, silence])
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
