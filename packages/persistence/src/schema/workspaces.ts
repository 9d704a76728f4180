import { ROLES } from '@bellhop/model'
import type { ApiKeyId, UserId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { oneOf } from './columns.ts'
import { users } from './identity.ts'

export const workspaces = pgTable(
  'workspaces',
  {
    id: text().$type<WorkspaceId>().primaryKey(),
    name: text().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Its share of the workers while others wait too: 3 gets three jobs for each one of a workspace with 1. */
    jobWeight: integer('job_weight').notNull().default(1),
    /** Jobs at once; null: no bound. */
    maxRunningJobs: integer('max_running_jobs'),
  },
  (t) => [
    check('workspaces_job_weight_check', sql`${t.jobWeight} between 1 and 1000`),
    check('workspaces_max_running_jobs_check', sql`${t.maxRunningJobs} > 0`),
  ],
)

/**
 * What a workspace may hold and what it holds: one row a workspace, changed in the transaction that changes its files.
 * Reserved is what uploads that have not ended may still bring.
 */
export const quotas = pgTable(
  'quotas',
  {
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .primaryKey()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** Null: no bound. */
    maxBytes: bigint('max_bytes', { mode: 'number' }),
    maxFiles: integer('max_files'),
    maxFileBytes: bigint('max_file_bytes', { mode: 'number' }),
    /** Such as `image/*` or `text/csv`; null: every type. */
    mediaTypes: text('media_types').array(),
    usedBytes: bigint('used_bytes', { mode: 'number' }).notNull().default(0),
    usedFiles: integer('used_files').notNull().default(0),
    reservedBytes: bigint('reserved_bytes', { mode: 'number' }).notNull().default(0),
    reservedFiles: integer('reserved_files').notNull().default(0),
  },
  (t) => [
    check(
      'quotas_usage_check',
      sql`least(${t.usedBytes}, ${t.usedFiles}, ${t.reservedBytes}, ${t.reservedFiles}) >= 0`,
    ),
  ],
)

export const members = pgTable(
  'members',
  {
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text({ enum: ROLES }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId] }),
    index('members_user_id_idx').on(t.userId),
    check('members_role_check', oneOf(t.role, ROLES)),
  ],
)

/** A key belongs to a workspace. Only its SHA-256 is kept: 256 random bits need no slow hash. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: text().$type<ApiKeyId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text({ enum: ROLES }).notNull(),
    name: text().notNull(),
    prefix: text().notNull(),
    hash: text().notNull().unique(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [
    index('api_keys_workspace_id_idx')
      .on(t.workspaceId)
      .where(sql`revoked_at is null`),
    check('api_keys_role_check', oneOf(t.role, ROLES)),
  ],
)
