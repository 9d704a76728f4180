import { sql } from 'drizzle-orm'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { type Sql } from 'postgres'
import { liveView, on, viewMigration } from '../src/index.ts'

const groups = pgTable('groups', { id: integer().primaryKey(), name: text().notNull() })
const items = pgTable('items', {
  id: integer().primaryKey(),
  groupId: integer('group_id').notNull(),
  n: integer().notNull(),
})

/** One row an item, with the name of its group: a rename fans out. */
const named = liveView('named', {
  version: 1,
  key: 'id',
  columns: { id: integer().notNull(), name: text(), n: integer().notNull() },
  query: sql`select i.id, g.name, i.n from ${items} i left join ${groups} g on g.id = i.group_id`,
  depends: [
    on(items, { key: items.id }),
    on(groups, {
      key: groups.id,
      columns: [groups.name],
      fanout: (keys) => sql`select i.id from ${items} i where i.group_id = any(${keys})`,
    }),
  ],
})

/** One row a group that has items: the key moves with each item, and rows come and go. */
export const totals = liveView('totals', {
  version: 1,
  key: 'groupId',
  columns: { groupId: integer('group_id').notNull(), items: integer().notNull(), total: integer().notNull() },
  query: sql`select group_id, count(*)::integer as items, sum(n)::integer as total from ${items} group by group_id`,
  depends: [on(items, { key: items.groupId, columns: [items.n] })],
})

/** Groups with no item: a row vanishes when something else appears. */
const empty = liveView('empty', {
  version: 1,
  key: 'id',
  columns: { id: integer().notNull(), name: text().notNull() },
  query: sql`select g.id, g.name from ${groups} g where not exists (select from ${items} i where i.group_id = g.id)`,
  depends: [on(groups, { key: groups.id }), on(items, { key: items.groupId, columns: [] })],
})

export const VIEWS = [named, totals, empty] as const

export async function installGroups(db: Sql): Promise<void> {
  await db`create table groups (id integer primary key, name text not null)`
  await db`create table items (id integer primary key, group_id integer not null, n integer not null)`
  await db.unsafe(viewMigration(VIEWS))
}

export async function emptyGroups(db: Sql): Promise<void> {
  await db`truncate groups, items`
  await db`truncate named, totals, empty, live_view_dirty, live_view_history`
  await db`insert into groups select i, 'g' || i from generate_series(1, 3) i`
  await db`insert into items select i, 1 + i % 2, i from generate_series(1, 4) i`
}

/** Rows that one of view and query has and the other has not. */
export async function difference(db: Sql): Promise<readonly unknown[]> {
  const parts = VIEWS.flatMap(({ name }) => [
    `select 'missing from ${name}' as what, s::text as row from (select * from ${name}_source except all select * from ${name}) s`,
    `select 'surplus in ${name}', s::text from (select * from ${name} except all select * from ${name}_source) s`,
  ])
  return [...(await db.unsafe(parts.join('\nunion all\n')))]
}
