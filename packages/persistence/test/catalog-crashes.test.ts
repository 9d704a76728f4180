import { keepViewsFresh } from '@bellhop/live-view'
import { newId } from '@bellhop/model'
import type { UserId, WorkspaceId } from '@bellhop/model'
import { VIEWS, createUser, createWorkspace, recompute } from '@bellhop/persistence'
import { createTestDatabase } from '@bellhop/testkit'
import type { TestDatabase } from '@bellhop/testkit'
import * as fc from 'fast-check'
import postgres from 'postgres'
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'

const [catalogView] = VIEWS
const FILES = 8
const WRITERS = 2
/** An apply has some eight. */
const STEPS_MAX = 10
/** Each applies from the first step to the last. More by hand: `LIVE_VIEW_RUNS=20 vitest run …`. */
const RUNS = Number(process.env['LIVE_VIEW_RUNS'] ?? 1)
const SEED = process.env['LIVE_VIEW_RUNS'] === undefined ? 7 : Date.now()

let database: TestDatabase
let owner: UserId
let workspaceId: WorkspaceId

beforeAll(async () => {
  database = await createTestDatabase()
  owner = await createUser(database.db, { name: 'Ada', email: `${newId('user')}@example.com` })
  workspaceId = await createWorkspace(database.db, 'Ours', owner)
})
afterAll(() => database[Symbol.asyncDispose]())

const file = fc.integer({ min: 1, max: FILES }).map((n) => `file_${String(n).padStart(26, '0')}`)
const text = fc.constantFrom('a', 'b', 'c')
const status = fc.constantFrom('READY', 'REJECTED')
/** What changes a row of the catalog: files that come, go, or are shown no more, their jobs and outputs, their owner's name. */
const change = fc.oneof(
  fc.tuple(file, text).map(([id, name]) => insertFile(id, name)),
  fc.tuple(file, text).map(([id, name]) => `update files set name = '${name}', tags = '{${name}}' where id = '${id}'`),
  fc.tuple(file, status).map(([id, to]) => `update files set status = '${to}' where id = '${id}'`),
  file.map((id) => `delete from files where id = '${id}'`),
  file.map((id) => insertJob(id)),
  file.map((id) => `delete from jobs where file_id = '${id}'`),
  text.map((name) => `update users set name = '${name}'`),
)
const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: WRITERS, maxLength: WRITERS })

function insertFile(id: string, name: string): string {
  return `insert into files (id, workspace_id, owner_id, name, type, media_type, size_bytes, status, object_key, integrity, ready_at)
    values ('${id}', '${workspaceId}', '${owner}', '${name}', 'image', 'image/png', 1, 'READY', 'test/${id}', 'size', now())
    on conflict do nothing`
}

function insertJob(fileId: string): string {
  return `insert into jobs (id, workspace_id, kind, kind_version, max_attempts, input, file_id)
    select '${newId('job')}', workspace_id, 'image.variants', 1, 1, '{}', id from files where id = '${fileId}'`
}

test(
  'an applier of the catalog that is killed before any of its steps, among writers and rebuilds, loses nothing',
  async () => {
    let killed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { minLength: STEPS_MAX, maxLength: STEPS_MAX }), async (rounds) => {
        for (const [at, writers] of rounds.entries()) {
          await using mortal = mortalClient(database.url, at)
          await database.sql.unsafe(insertFile(`file_${String(1).padStart(26, '0')}`, 'always'))
          await database.sql`update users set name = name || '!'`
          {
            await using keeper = keepViewsFresh({ sql: mortal.sql, views: [catalogView] })
            const writing = writers.map(async (changes) => {
              for (const each of changes) await write(each)
            })
            await Promise.all([...writing, at % 3 === 2 ? recompute(database, 'catalog') : undefined])
            await keeper.idle()
          }
          expect(await difference()).toEqual([])
          // A rebuild may have left the applier nothing, and then it never came to this step.
          if (mortal.died) killed += 1
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    )
    expect(killed).toBeGreaterThanOrEqual(4 * RUNS)
  },
  60_000 * RUNS,
)

/** Writers may run into each other: a deadlock, a file that is gone. */
const REFUSED = new Set(['40P01', '23503'])

async function write(statement: string): Promise<void> {
  await database.sql.unsafe(statement).catch((error: unknown) => {
    if (!(error instanceof postgres.PostgresError && REFUSED.has(error.code))) throw error
  })
}

function difference(): Promise<readonly unknown[]> {
  return database.sql`
    (select 'missing' as what, s.id from (select * from catalog_source except all select * from catalog) s)
    union all
    (select 'surplus', t.id from (select * from catalog except all select * from catalog_source) t)`
}

/** A client whose first transaction that gets as far as step `at` loses its backend there: before a statement or the commit. */
function mortalClient(url: string, at: number): { sql: Sql; readonly died: boolean } & AsyncDisposable {
  const sql = postgres(url, { max: 3, onnotice: () => {} })
  let died = false
  const before = async (step: number, tx: TransactionSql) => {
    if (step !== at || died) return
    died = true
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    await database.sql`select pg_terminate_backend(${row?.pid ?? 0}, 5000)`
    // The driver ends the transaction when it sees the connection close.
    await new Promise<never>(() => {})
  }
  const begin = (options: string, work: (tx: TransactionSql) => Promise<unknown>) =>
    sql.begin(options, async (tx) => {
      let step = 0
      const later = (start: () => PromiseLike<unknown>) =>
        Object.assign(before(step++, tx).then(start), { cancel: () => {} })
      const stepped = new Proxy(tx, {
        apply: (target, _, parameters: Parameters<TransactionSql>) =>
          later(() => Reflect.apply(target, undefined, parameters) as PromiseLike<unknown>),
        get: (target, property) =>
          property === 'unsafe'
            ? (...parameters: Parameters<TransactionSql['unsafe']>) => later(() => target.unsafe(...parameters))
            : Reflect.get(target, property, target),
      })
      const result = await work(stepped)
      await before(step, tx)
      return result
    })
  return {
    sql: new Proxy(sql, {
      get: (target, property) => (property === 'begin' ? begin : Reflect.get(target, property, target)),
    }),
    get died() {
      return died
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  }
}
