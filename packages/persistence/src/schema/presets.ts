import type { UserId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { boolean, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import { workspaces } from './workspaces.ts'

/** Settings of kinds of jobs, by a name of the workspace's own. */
export const presets = pgTable(
  'presets',
  {
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    kind: text().notNull(),
    settings: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    isDefault: boolean('is_default').notNull(),
    updatedBy: text('updated_by').$type<UserId>().notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.name] }),
    // One default of a kind, and what finds it.
    uniqueIndex('presets_default_idx')
      .on(t.workspaceId, t.kind)
      .where(sql`is_default`),
  ],
)
