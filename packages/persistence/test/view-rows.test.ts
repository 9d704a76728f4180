import { newId } from '@bellhop/model'
import type { UserId, WorkspaceId } from '@bellhop/model'
import {
  VIEWS,
  createUser,
  createWorkspace,
  isViewName,
  listUsage,
  openDatabase,
  recompute,
} from '@bellhop/persistence'
import { createTestDatabase, type TestDatabase } from '@bellhop/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const analyst = 'an_analyst_of_no_workspace'
const PASSWORD = 'for this test only'

let database: TestDatabase
let ours: WorkspaceId
let theirs: WorkspaceId

beforeAll(async () => {
  database = await createTestDatabase()
  const owner = await createUser(database.db, { name: 'Ada', email: `${newId('user')}@example.com` })
  ours = await createWorkspace(database.db, 'Ours', owner)
  theirs = await createWorkspace(database.db, 'Theirs', owner)
  for (const workspaceId of [ours, theirs]) await fill(workspaceId, owner)
  for (const { name } of VIEWS) if (isViewName(name)) await recompute(database, name)
  for (const role of [ours, theirs, analyst]) {
    await database.sql.unsafe(`create role ${role} login password '${PASSWORD}'`)
    await database.sql.unsafe(`grant select on ${VIEWS.map(restricted).join(', ')} to ${role}`)
  }
})
afterAll(async () => {
  // Roles belong to the server, not to the database.
  for (const role of [ours, theirs, analyst]) await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`)
  await database[Symbol.asyncDispose]()
})

/** What a restricted role is granted: a keyed table has a policy, beside a materialized view stands a view with one. */
function restricted({ name, strategy }: (typeof VIEWS)[number]): string {
  return strategy === 'realtime' ? name : `${name}_rows`
}

/** Two files and two jobs, of which one failed. */
async function fill(workspaceId: WorkspaceId, owner: UserId): Promise<void> {
  await database.sql`
    insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, status, object_key, integrity, ready_at)
    select ${workspaceId} || '_file_' || n, ${workspaceId}, ${owner}, 'f', 'image', 'image/png', 10, 'READY',
      ${workspaceId} || n, 'size', now()
    from generate_series(1, 2) n`
  await database.sql`
    insert into jobs (id, workspace_id, kind, kind_version, file_id, input, status, max_attempts, created_by, finished_at, usage, output, error_code, error_sentence)
    select ${workspaceId} || '_job_' || n, ${workspaceId}, 'image.variants', 1, ${workspaceId} || '_file_' || n, '{}',
      (array['COMPLETED', 'FAILED'])[n], 1, ${owner}, now(), '{"cpuSeconds": 1.5, "readBytes": 100, "wroteBytes": 20, "stages": []}',
      (array['{}', null]::jsonb[])[n], (array[null, 'INTERNAL'])[n], (array[null, 'It broke.'])[n]
    from generate_series(1, 2) n`
}

function as(role: string) {
  const url = new URL(database.url)
  url.username = role
  url.password = PASSWORD
  return openDatabase(url.href, { maxConnections: 1, name: 'restricted' })
}

describe.each(VIEWS.map((view) => [view.name, view] as const))(
  'a role restricted to one workspace, in %s',
  (_, view) => {
    test('sees that workspace and nothing of another', async () => {
      const seenBy = async (role: string) => {
        await using restrictedDatabase = as(role)
        const { sql } = restrictedDatabase
        const rows = await sql<{ workspace_id: string }[]>`select distinct workspace_id from ${sql(restricted(view))}`
        return rows.map((row) => row.workspace_id)
      }
      expect(await seenBy(ours)).toEqual([ours])
      expect(await seenBy(theirs)).toEqual([theirs])
      expect(await seenBy(analyst)).toEqual([])
    })

    test('cannot go around it, nor write', async () => {
      await using restrictedDatabase = as(ours)
      const { sql } = restrictedDatabase
      await expect(sql`set role ${sql(theirs)}`).rejects.toThrow('permission denied')
      for (const table of [
        'files',
        'jobs',
        ...(view.strategy === 'realtime' ? [`${view.name}_source`] : [view.name]),
      ]) {
        await expect(sql`select from ${sql(table)}`).rejects.toThrow('permission denied')
      }
      await expect(sql`delete from ${sql(restricted(view))}`).rejects.toThrow(/permission denied|cannot delete/)
    })
  },
)

test('what a workspace used is counted by day and work', async () => {
  const [day] = await database.sql<{ today: string }[]>`select (now() at time zone 'UTC')::date::text as today`
  expect(await listUsage(database.db, ours, 30)).toEqual([
    { day: day?.today, work: 'image.variants', units: 2, failed: 1, bytes: 240, cpuSeconds: 3 },
    { day: day?.today, work: 'upload', units: 2, failed: 0, bytes: 20, cpuSeconds: 0 },
  ])
})
