import {
  createWorkspace,
  openPlatform,
  previewDownloads,
  renewUpload,
  signParts,
  startDownload,
  startUpload,
} from '@bellhop/business'
import type { Context, Platform } from '@bellhop/business'
import { AppError, MIB } from '@bellhop/model'
import { pruneKeyRates, spendKeys } from '@bellhop/persistence'
import { startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform

beforeAll(async () => {
  world = await startTestPlatform()
})
afterAll(() => world[Symbol.asyncDispose]())

/** The owner in a workspace without a past, on a platform with these allowances. */
async function allowed(user: number, workspace: number, platform: Platform = world.platform): Promise<Context> {
  const { id: workspaceId } = await createWorkspace(world.owner, { name: 'rates' })
  await platform.database.sql`delete from key_rates where subject = ${world.owner.caller.userId}`
  return {
    ...world.owner,
    platform: { ...platform, settings: { ...platform.settings, keysPerMinute: { user, workspace } } },
    caller: { ...world.owner.caller, workspaceId },
  }
}

async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error('Expected a refusal.', { cause: error })
  return error
}

/** As if so much time had passed. */
async function passes(ms: number, ...subjects: string[]): Promise<void> {
  await world.platform.database.sql`
    update key_rates set spent_until = spent_until - ${ms}::float8 * interval '1 millisecond'
    where subject in ${world.platform.database.sql(subjects)}`
}

describe('keys are issued so fast and no faster', () => {
  test('to one person: as many at once as in a minute, then as time goes by, and the refusal says when', async () => {
    const ctx = await allowed(100, 1_000)
    const plan = await startUpload(ctx, { name: 'a.bin', sizeBytes: 400 * MIB })
    const sign = (count: number) =>
      signParts(ctx, {
        uploadId: plan.uploadId,
        parts: Array.from({ length: count }, (_, index) => ({ number: index + 1 })),
      })
    expect(await sign(49)).toHaveLength(49)
    expect(await sign(49)).toHaveLength(49)
    const refused = await refusal(sign(10))
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryable: true, details: { keysPerMinute: 100 } })
    expect(refused.message).toMatch(
      /^You have been given as many keys as there are in a minute, 100; go on in \d\.\d s\.$/,
    )
    // One of a hundred is free, so nine of 600 ms each lack, less what the test took.
    const retryAfterMs = refused.details?.['retryAfterMs'] as number
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(9 * 600)
    await passes(retryAfterMs, ctx.caller.userId)
    expect(await sign(10)).toHaveLength(10)
  })

  test('to a workspace, whoever asks; and who is refused for it has spent nothing of their own', async () => {
    const ctx = await allowed(1_000, 100)
    const other: Context = { ...ctx, caller: { ...ctx.caller, userId: (await world.stranger()).caller.userId } }
    await startUpload(other, { name: 'a', sizeBytes: 1 })
    await startUpload(ctx, { name: 'a', sizeBytes: 1 })
    await passes(-10 * 60_000, ctx.caller.workspaceId)
    await passes(1_000, ctx.caller.userId, other.caller.userId)
    for (const one of [ctx, other]) {
      const refused = await refusal(startUpload(one, { name: 'a', sizeBytes: 1 }))
      expect(refused.message).toMatch(/^Your workspace has been given .* 100; go on in \d+\.\d s\.$/)
      expect(refused.details?.['retryAfterMs']).toBeGreaterThan(8 * 60_000)
      expect(
        await world.platform.database.sql`
        select spent_until <= now() as free from key_rates where subject = ${one.caller.userId}`,
      ).toEqual([{ free: true }])
    }
  })

  test('over all servers: two hundred at once on two of them get one hundred', async () => {
    await using second = openPlatform(world.platform.settings, world.platform.log, { name: 'second server' })
    const here = await allowed(100, 1_000)
    const there: Context = { ...here, platform: { ...second, settings: here.platform.settings } }
    // One comes free each 600 ms while the test runs.
    const ends = await Promise.allSettled(
      Array.from({ length: 200 }, (_, at) => startUpload(at % 2 ? here : there, { name: 'a', sizeBytes: 1 })),
    )
    const passed = ends.filter(({ status }) => status === 'fulfilled').length
    const [{ elapsed } = { elapsed: 0 }] = await world.platform.database.sql<{ elapsed: number }[]>`
      select ceil(extract(epoch from now() - min(created_at)) * 1000 / 600)::int as elapsed
      from uploads where workspace_id = ${here.caller.workspaceId}`
    expect(passed).toBeGreaterThanOrEqual(100)
    expect(passed).toBeLessThanOrEqual(100 + elapsed)
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'RATE_LIMITED' })
  })

  test('a refused start leaves no file, upload or line behind', async () => {
    const ctx = await allowed(100, 1_000)
    await spendKeys(ctx.platform.database.db, 100, [{ subject: ctx.caller.userId, perMinute: 100 }])
    await refusal(startUpload(ctx, { name: 'a', sizeBytes: 20 * MIB }))
    const [row] = await world.platform.database.sql`
      select (select count(*) from files where workspace_id = ${ctx.caller.workspaceId})::int as files,
        (select count(*) from valet_keys where workspace_id = ${ctx.caller.workspaceId})::int as keys`
    expect(row).toEqual({ files: 0, keys: 0 })
  })

  test('renewed keys, downloads and fresh previews count, previews that are known do not', async () => {
    const ctx = await allowed(100, 1_000)
    const spent = async () => {
      const [row] = await world.platform.database.sql<{ spent: number }[]>`
        select round(extract(epoch from spent_until - now()) * 1000 / 60)::int as spent
        from key_rates where subject = ${ctx.caller.workspaceId}`
      return row!.spent
    }
    const plan = await startUpload(ctx, { name: 'a', sizeBytes: 1 })
    await renewUpload(ctx, plan)
    const { file } = await uploadBytes(ctx, 'a.mp3', 'sound', { startJobs: false })
    await startDownload(ctx, { id: file.id })
    for (let look = 0; look < 20; look++) await previewDownloads(ctx, { ids: [file.id] })
    // Two starts, a renewal, a download, a preview; a key of the workspace's comes free each 60 ms.
    expect(await spent()).toBeLessThanOrEqual(5)
  })
})

test('who asked for nothing lately is forgotten', async () => {
  const { sql, db } = world.platform.database
  await sql`delete from key_rates`
  await sql`insert into key_rates values ('user_old', now() - interval '61 minutes'), ('user_new', now())`
  expect(await pruneKeyRates(db)).toBe(1)
  expect(await sql`select subject from key_rates`).toEqual([{ subject: 'user_new' }])
})
