import { newId } from '@bellhop/model'
import { createTestDatabase } from '@bellhop/testkit'
import { readView } from '@bellhop/live-view'
import { VIEWS, createUser, createWorkspace, explainCatalog, recompute, searchCatalog } from '@bellhop/persistence'
import type { Database } from '@bellhop/persistence'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { FileId, WorkspaceId } from '@bellhop/model'
import { beforeAll, afterAll, expect, test } from 'vitest'

const [catalogView] = VIEWS
const FILES = 20_000
/** Besides the one that is read, so that reading end to end would read others' files. */
const WORKSPACES = 4

let database: Awaited<ReturnType<typeof createTestDatabase>>
let workspaceId: WorkspaceId

beforeAll(async () => {
  database = await createTestDatabase()
  workspaceId = await fill(database)
})
afterAll(() => database[Symbol.asyncDispose]())

const after = { id: fileIdOf(FILES / 2), name: 'harbor', sizeBytes: 500_000 }
const explained = () => explainCatalog(database, { workspaceId, text: 'harbor 12', type: 'image', tag: 'legal', after })

function fileIdOf(n: number): FileId {
  return `file_${String(n).padStart(26, '0')}`
}

test('every sort, filter and page of the catalog is read by an index, in its order', async () => {
  const plans = await explained()

  expect(plans.flatMap(({ faults }) => faults)).toEqual([])
  // 5 sorts × 8 filters × the first page and the next, and two facets for each filter.
  expect(plans).toHaveLength(5 * 8 * 2 + 8 * 2)
})

test.each([
  ['newest', undefined, 'catalog_newest'],
  ['newest', { value: '', id: fileIdOf(FILES / 2) }, 'catalog_newest'],
  ['name', undefined, 'catalog_by_name'],
  ['name', { value: 'harbor', id: fileIdOf(FILES / 2) }, 'catalog_by_name'],
  ['largest', undefined, 'catalog_by_size'],
  ['largest', { value: '500000', id: fileIdOf(FILES / 2) }, 'catalog_by_size'],
] as const)(
  'a strict page by %s after %o walks its index too, and merges what is pending into it',
  async (sort, place, index) => {
    const statements: { text: string; parameters: unknown[] }[] = []
    const logQuery = (text: string, parameters: unknown[]) => void statements.push({ text, parameters })
    const db = drizzle(database.sql, { logger: { logQuery } })
    const pending = Array.from({ length: 10 }, (_, n) => fileIdOf(FILES - n * 1_000))
    await database.sql`update files set name = 'harbor!' where id = any(${pending})`

    const { source, rows } = await readView(db, catalogView, 'strict', (view) =>
      searchCatalog(view, workspaceId, { sort, after: place, limit: 49 }),
    )

    expect({ source, rows: rows.length }).toEqual({ source: 'overlay', rows: 49 })
    const { text, parameters } = statements.at(-1)!
    const plan = (await database.sql.unsafe(`explain ${text}`, parameters as string[])).map((row) => row['QUERY PLAN'])
    expect(plan.join('\n')).toMatch(new RegExp(`Merge Append[^]*Index Scan[^\n]* using ${index}`))
    expect(plan.filter((line) => String(line).includes('Seq Scan on catalog'))).toEqual([])
  },
)

test('an index that is gone is noticed', async () => {
  await database.sql`drop index catalog_by_name`

  expect((await explained()).flatMap(({ faults }) => faults)).toContainEqual(
    expect.stringContaining('The rows are sorted for all, name, next page'),
  )
})

async function fill(into: Database): Promise<WorkspaceId> {
  const { db, sql } = into
  const ownerId = await createUser(db, { name: 'Ada', email: `${newId('user')}@example.com` })
  const ids: WorkspaceId[] = []
  for (let n = 0; n <= WORKSPACES; n += 1) ids.push(await createWorkspace(db, `Team ${n}`, ownerId))
  await sql`
    insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, tags, status, object_key, integrity, ready_at)
    select
      'file_' || lpad(n::text, 26, '0'),
      (${ids}::text[])[1 + n % ${WORKSPACES + 1}],
      ${ownerId},
      (array['harbor', 'invoice', 'velvet', 'budget'])[1 + n / 10 % 4] || ' ' || md5(n::text),
      (array['image', 'dataset', 'video', 'document'])[1 + n / 7 % 4],
      'application/octet-stream',
      n * 7919 % 1000003,
      case when n % 3 = 0 then array['legal', 'draft'] else '{}' end,
      'READY', 'test/' || n, 'size', now()
    from generate_series(1, ${FILES}::int) n`
  await recompute(into, 'catalog')
  await sql`vacuum (analyze) catalog`
  const [read] = ids
  if (read === undefined) throw new Error('There is no workspace.')
  return read
}
