import { readView } from '@bellhop/live-view'
import { countFacets, readCatalogPage, searchCatalog } from '@bellhop/persistence'
import type { Database, Executor } from '@bellhop/persistence'
import { fileIdOf } from './fill.ts'
import { callsOf, nameOfCount, randomNumbers } from './timing.ts'
import type { Measurement } from '../rounds.ts'
import { catalogView } from './world.ts'
import type { World } from './world.ts'

/** As many as a page has by default, and one that tells whether there is more. */
const LIMIT = 49
const DIRTY_KEYS = [0, 10, 100]
/** A contender's turn ends with the call that passes one of these. */
const CALLS_A_TURN = 100
const TURN_MS = 300
const WORDS = {
  english: ['harbor', 'quarterly', 'velvet', 'timber'],
  korean: ['계약서', '분기실적', '도면', '연구노트'],
}

const KINDS = ['newest', 'by name', 'by name, from the middle', 'english', 'korean', 'facets'] as const
type Kind = (typeof KINDS)[number]

/** One read: which words, and from which place, the number `draw` from 0 to 1 says. */
type Read = (kind: Kind, draw: number) => Promise<unknown>

export interface ReadOptions {
  readonly rounds: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Pages, text search and facets, read in each way in turn. The rows are named `<size> <kind>: <way>`. */
export async function measureReads({ database, population }: World, options: ReadOptions): Promise<Measurement[]> {
  const { workspaceId, rows } = population
  const pageOf = (kind: Kind, draw: number) => {
    const after = kind === 'by name, from the middle' ? { value: middleOf(draw), id: '' } : undefined
    const sort = kind.startsWith('by name') ? ('name' as const) : ('newest' as const)
    return { text: textOf(kind, draw, rows), sort, after, limit: LIMIT }
  }
  const drizzled = (tx: Executor): Read => {
    return (kind, draw) =>
      kind === 'facets' ? countFacets(tx, workspaceId, {}) : searchCatalog(tx, workspaceId, pageOf(kind, draw))
  }
  const overlay: Read = (kind, draw) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both only select
    readView(database.db, catalogView, 'strict', (view) => drizzled(view as unknown as Executor)(kind, draw))
  const ways: Record<string, { readonly read: Read; readonly dirty?: number }> = {
    'plain query': { read: statements(database, workspaceId, rows, 'catalog_source') },
    'hand-tuned query': { read: tuned(database, workspaceId, rows) },
    'view, bare select': { read: statements(database, workspaceId, rows, 'catalog') },
    'view, as catalog.search reads it': {
      read: (kind, draw) =>
        kind === 'facets'
          ? countFacets(database.db, workspaceId, {})
          : readCatalogPage(database, workspaceId, pageOf(kind, draw)),
    },
    ...Object.fromEntries(
      DIRTY_KEYS.map((dirty) => [`strict, ${dirty} dirty keys`, { read: overlay, dirty }] as const),
    ),
  }
  const samples = new Map<string, number[]>()
  const random = randomNumbers(rows)
  const all = Object.entries(ways)
  // The plain query first: the indexes of the hand-tuned one would serve it too.
  for (const group of [all.slice(0, 1), all.slice(1)]) {
    await using _tuned = group.length > 1 ? await tune(database) : undefined
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [way, { read, dirty = 0 }] of rotated(group, round)) {
        await using _dirty = await pretendDirty(database, rows, dirty)
        for (const kind of KINDS) {
          options.signal.throwIfAborted()
          const name = `${nameOfCount(rows)} ${kind}: ${way}`
          const found = samples.get(name) ?? []
          samples.set(name, found)
          const endsAtMs = performance.now() + TURN_MS
          for (let call = 0; call < CALLS_A_TURN && (call === 0 || performance.now() < endsAtMs); call += 1) {
            const draw = random()
            // The first call of a turn finds the caches as another way has left them.
            if (call === 0 && round === 0) await read(kind, draw)
            const startedAtMs = performance.now()
            await read(kind, draw)
            found.push(performance.now() - startedAtMs)
          }
        }
        options.say(`reads of ${nameOfCount(rows)}, round ${round + 1}/${options.rounds}: ${way}`)
      }
    }
  }
  return KINDS.flatMap((kind) => Object.keys(ways).map((way) => `${nameOfCount(rows)} ${kind}: ${way}`)).map((name) =>
    callsOf(name, samples.get(name) ?? []),
  )
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

/** A word that a twentieth of the files have, and a number that leaves some hundred of a million. */
function textOf(kind: Kind, draw: number, rows: number): string | undefined {
  if (kind !== 'english' && kind !== 'korean') return undefined
  const words = WORDS[kind]
  const digits = String(100 + Math.floor(draw * 900)).slice(0, rows >= 1_000_000 ? 3 : 2)
  return `${words[Math.floor(draw * words.length)]} ${digits}`
}

/** A name to go on after: any English one comes before any Korean one. */
function middleOf(draw: number): string {
  return `${String.fromCodePoint(97 + Math.floor(draw * 22))}m`
}

const TYPES = 'select type, count(*) from {from} where workspace_id = $1 group by type order by count(*) desc'
const TAGS = `select tag, count(*) from {from} cross join unnest(tags) as tag where workspace_id = $1
  group by tag order by count(*) desc, tag limit 30`

/** The same questions as plain SQL on the stored or the computed view. */
function statements({ sql }: Database, workspaceId: string, rows: number, from: string): Read {
  const page = (where: string, order: string, parameters: readonly string[]) =>
    sql.unsafe(
      `select * from ${from} where workspace_id = $1 ${where} order by ${order} limit ${LIMIT}`,
      [workspaceId, ...parameters],
      { prepare: true },
    )
  return async (kind, draw) => {
    switch (kind) {
      case 'newest':
        return page('', 'id desc', [])
      case 'by name':
        return page('', 'sort_name, id', [])
      case 'by name, from the middle':
        return page('and (sort_name, id) > ($2, $3)', 'sort_name, id', [middleOf(draw), ''])
      case 'english':
      case 'korean':
        return page('and search_text like $2 and search_text like $3', 'id desc', patterns(kind, draw, rows))
      case 'facets':
        for (const text of [TYPES, TAGS])
          await sql.unsafe(text.replace('{from}', from), [workspaceId], { prepare: true })
    }
  }
}

/** The page's ids by an index of the base table first, then the view's query for those alone. */
function tuned({ sql }: Database, workspaceId: string, rows: number): Read {
  const page = (where: string, order: string, parameters: readonly string[]) =>
    sql.unsafe(
      `select s.* from (
         select f.id from files f where f.workspace_id = $1 and f.status = 'READY' ${where} order by ${order} limit ${LIMIT}
       ) p cross join lateral (select * from catalog_source s where s.id = p.id offset 0) s`,
      [workspaceId, ...parameters],
      { prepare: true },
    )
  return async (kind, draw) => {
    switch (kind) {
      case 'newest':
        return page('', 'f.id desc', [])
      case 'by name':
        return page('', 'lower(f.name), f.id', [])
      case 'by name, from the middle':
        return page('and (lower(f.name), f.id) > ($2, $3)', 'lower(f.name), f.id', [middleOf(draw), ''])
      case 'english':
      case 'korean':
        return page(
          'and bench_text(f.name, f.tags) like $2 and bench_text(f.name, f.tags) like $3',
          'f.id desc',
          patterns(kind, draw, rows),
        )
      case 'facets':
        for (const text of [TYPES, TAGS])
          await sql.unsafe(
            text.replace('{from}', 'files').replace('= $1', `= $1 and status = 'READY'`),
            [workspaceId],
            {
              prepare: true,
            },
          )
    }
  }
}

function patterns(kind: Kind, draw: number, rows: number): string[] {
  return (textOf(kind, draw, rows) ?? '').split(' ').map((word) => `%${word}%`)
}

/** The indexes that a database administrator would give the base table, while this lasts. */
async function tune({ sql }: Database): Promise<AsyncDisposable> {
  await sql`
    create function bench_text(name text, tags text[]) returns text immutable parallel safe language sql
    return lower(name || ' ' || array_to_string(tags, ' '))`
  await sql`create index bench_by_name on files (workspace_id, lower(name), id) where status = 'READY'`
  await sql`create index bench_by_type on files (workspace_id, type) where status = 'READY'`
  await sql`
    create index bench_by_text on files using gin (workspace_id, bench_text(name, tags) gin_trgm_ops)
    where status = 'READY'`
  await sql`analyze files`
  return {
    [Symbol.asyncDispose]: async () => {
      await sql`drop function bench_text cascade`
      await sql`drop index bench_by_name, bench_by_type`
    },
  }
}

/** Says that so many files of the read workspace are dirty, though they are not: it is computed all the same. */
async function pretendDirty({ sql }: Database, rows: number, count: number): Promise<AsyncDisposable> {
  const ids = Array.from({ length: count }, (_, at) => fileIdOf(2 * (1 + ((at * 7_919) % Math.floor(rows / 2)))))
  await sql`insert into live_view_dirty (view, kind, key) select 'catalog', 0, unnest(${ids}::text[])`
  return {
    [Symbol.asyncDispose]: async () => void (await sql`delete from live_view_dirty where view = 'catalog'`),
  }
}
