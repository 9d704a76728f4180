import { setTimeout as sleep } from 'node:timers/promises'
import { type Sql, type TransactionSql } from 'postgres'
import { LOCK_CLASS } from './advisory-lock.ts'
import { applyChunk } from './apply.ts'
import { applyTransaction } from './apply-transaction.ts'
import { backOffMs } from './back-off.ts'
import { recordChange } from './change.ts'
import { LiveViewError } from './error.ts'
import { freshness, notInstalled } from './freshness.ts'
import { type LiveView } from './live-view.ts'
import { sqlState } from './lost-connection.ts'
import { identifier, literal, qualified, qualifiedTable } from './sql-text.ts'
import { dependencyTriggers } from './trigger-ddl.ts'
import { sourceName, viewDefinition } from './view-ddl.ts'

/** Leaves room for the names of the objects of the view that is built beside. */
const NAME_LENGTH_MAX = 32
/** The swap starts when no more than so many changes wait; those are carried over. */
const PENDING_AT_SWAP_MAX = 500
const CHUNKS_MAX = 100_000
const BUSY_MS = 25
/** Shorter than deadlock_timeout, so that it is the change that gives way, and never a writer that is killed. */
const LOCK_TIMEOUT_MS = 400
/** With back-offs of up to 30 s each. */
const ATTEMPTS_MAX = 30

/**
 * Brings a keyed view to a changed declaration while readers and writers go on: builds it beside the old one, lets it
 * catch up, and puts it in its place in one short transaction. That one waits at most 400 ms for its locks, then lets go and
 * tries again, 30 times. Grants on the table and its source are kept. True when it changed something.
 *
 * Run it with the release that declares the view so, before `keepViewsFresh`; the appliers of the older release then leave
 * the view alone. A change that was interrupted goes on where it was.
 *
 * @throws LiveViewError `view_not_installed`, `name_invalid`; `change_busy` when another process changes it
 */
export async function changeView(
  sql: Sql,
  view: LiveView,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  if (view.name.length > NAME_LENGTH_MAX) {
    throw new LiveViewError(
      'name_invalid',
      `View ${view.name} has a name of more than ${NAME_LENGTH_MAX} characters, too long to build another beside it.`,
    )
  }
  const connection = await sql.reserve()
  try {
    const [lock] = await connection<{ locked: boolean }[]>`
      select pg_try_advisory_lock(${LOCK_CLASS}, hashtext(${`change of ${view.name}`})) as locked`
    if (lock?.locked !== true) {
      throw new LiveViewError('change_busy', `Another process is changing view ${view.name}; wait until it has.`)
    }
    try {
      return await change(sql, view, signal)
    } finally {
      await connection`select pg_advisory_unlock(${LOCK_CLASS}, hashtext(${`change of ${view.name}`}))`
    }
  } finally {
    connection.release()
  }
}

async function change(sql: Sql, view: LiveView, signal: AbortSignal | undefined): Promise<boolean> {
  const staged = stagedView(view)
  const installed = await definitions(sql, [view.name, staged.name])
  const current = installed.get(view.name)
  if (current === undefined) throw notInstalled(view.name)
  if (current === viewDefinition(view).fingerprint) return false
  const { fingerprint, statements } = viewDefinition(staged)
  if (installed.get(staged.name) !== fingerprint) {
    await persistently(sql, signal, async (tx) => {
      await tx`select public.live_view_drop(${staged.name})`
      for (const statement of statements) await tx.unsafe(statement)
    })
  }
  for (let chunk = 0; chunk < CHUNKS_MAX; chunk += 1) {
    signal?.throwIfAborted()
    const outcome = await applyChunk(sql, staged, { signal })
    if (outcome.state === 'busy') await sleep(BUSY_MS, undefined, { signal })
    else if ((await freshness(sql, staged)).pending <= PENDING_AT_SWAP_MAX) break
  }
  await persistently(sql, signal, (tx) => swap(tx, view, staged))
  return true
}

function stagedView(view: LiveView): LiveView {
  const name = `${view.name}__next`
  const indexes = view.indexes.map((index) => ({ ...index, name: `${name}${index.name.slice(view.name.length)}` }))
  return { ...view, name, indexes }
}

async function definitions(sql: Sql, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ view: string; definition: string }[]>`
    select view, definition from public.live_view_status
    where view in (select n from jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb) n)`
  return new Map(rows.map(({ view, definition }) => [view, definition]))
}

/** Locks the tables that both read, so that whoever writes has committed and is in the log, and gives the new one the name. */
async function swap(tx: TransactionSql, view: LiveView, staged: LiveView): Promise<void> {
  const { name } = view
  const [table, source] = [qualified(name), qualified(sourceName(view))]
  await tx`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${name}))`
  const bases = [...new Set(view.depends.map((dependency) => qualifiedTable(dependency.table)))].toSorted()
  await tx.unsafe(`lock table ${bases.join(', ')} in access exclusive mode`)
  const grants = [...(await grantsOf(tx, name)), ...(await grantsOf(tx, sourceName(view)))]
  const [old] = await tx<{ paused_at: Date | null }[]>`
    select paused_at from public.live_view_status where view = ${name}`
  await tx`select public.live_view_drop(${name})`
  for (const [index] of staged.depends.entries()) {
    await tx.unsafe(`drop function ${qualified(`${staged.name}_dirty_${index + 1}`)}() cascade`)
  }
  const { comment, fingerprint } = viewDefinition(view)
  const statements = [
    `alter view ${qualified(sourceName(staged))} rename to ${identifier(sourceName(view))}`,
    `alter table ${qualified(staged.name)} rename to ${identifier(name)}`,
    `alter table ${table} rename constraint ${identifier(`${staged.name}_key`)} to ${identifier(`${name}_key`)}`,
    ...view.indexes.map(
      (index, at) => `alter index ${qualified(staged.indexes[at]?.name ?? '')} rename to ${identifier(index.name)}`,
    ),
    ...(view.rowPolicy === undefined
      ? []
      : [`alter policy ${identifier(`${staged.name}_rows`)} on ${table} rename to ${identifier(`${name}_rows`)}`]),
    `comment on view ${source} is ${literal(`live-view ${name} source`)}`,
    `comment on table ${table} is ${literal(comment)}`,
    ...dependencyTriggers(view).flatMap((triggers) => triggers.statements),
    ...grants,
  ]
  for (const statement of statements) await tx.unsafe(statement)
  await tx`
    update public.live_view_dirty set view = ${name} || substr(view, ${staged.name.length + 1}::int)
    where view = ${staged.name} or starts_with(view, ${`${staged.name}/`})`
  await tx`update public.live_view_history set view = ${name} where view = ${staged.name}`
  await tx`
    update public.live_view_status
    set view = ${name}, definition = ${fingerprint}, paused_at = ${old?.paused_at ?? null}
    where view = ${staged.name}`
  await tx`delete from public.live_view_change where view = ${staged.name}`
  await recordChange(tx, name, { keys: 'many', tenants: 'many' })
  await tx`select pg_notify('live_view', '')`
}

/** The rights of others on a relation, as statements that give them again. */
async function grantsOf(tx: TransactionSql, relation: string): Promise<readonly string[]> {
  const rows = await tx<{ statement: string }[]>`
    select format(
      'grant %s on %s to %s', a.privilege_type, ${qualified(relation)}::text,
      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
    ) as statement
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = to_regclass(${qualified(relation)}) and a.grantee <> c.relowner`
  return rows.map(({ statement }) => statement)
}

const LOCK_NOT_AVAILABLE = new Set(['55P03', '40P01'])

async function persistently(
  sql: Sql,
  signal: AbortSignal | undefined,
  work: (tx: TransactionSql) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted()
    try {
      return await applyTransaction(sql, async (tx) => {
        await tx`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`
        await work(tx)
      })
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || !LOCK_NOT_AVAILABLE.has(sqlState(error) ?? '')) throw error
    }
    await sleep(backOffMs(attempt), undefined, { signal })
  }
}
