import { FILE_FAULTS, FILE_STATUSES, FILE_TYPES, INTEGRITIES } from '@bellhop/model'
import type { FileId, UserId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { oneOf } from './columns.ts'
import { users } from './identity.ts'
import { workspaces } from './workspaces.ts'

export const files = pgTable(
  'files',
  {
    id: text().$type<FileId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    ownerId: text('owner_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    type: text({ enum: FILE_TYPES }).notNull(),
    mediaType: text('media_type').notNull(),
    /** 0 while a stream of unknown length is on its way. */
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** What it holds of its workspace's quota while bytes are on their way; a stream's grows with the parts promised. */
    reservedBytes: bigint('reserved_bytes', { mode: 'number' }).notNull().default(0),
    tags: text()
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    status: text({ enum: FILE_STATUSES }).notNull().default('UPLOADING'),
    /** Chosen by the server; no client text is in it. */
    objectKey: text('object_key').notNull().unique(),
    integrity: text({ enum: INTEGRITIES }),
    sha256: text(),
    startJobs: boolean('start_jobs').notNull().default(true),
    downloadCount: integer('download_count').notNull().default(0),
    errorCode: text('error_code'),
    errorSentence: text('error_sentence'),
    /** What a sweep or a verification found wrong with the object of a READY file; null again once that is mended. */
    fault: text({ enum: FILE_FAULTS }),
    faultAt: timestamp('fault_at', { withTimezone: true }),
    /** When its stored bytes were last read again and found to be those that were sent. */
    verifiedAt: timestamp('verified_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    readyAt: timestamp('ready_at', { withTimezone: true }),
  },
  (t) => [
    index('files_workspace_id_idx').on(t.workspaceId, t.id.desc()),
    index('files_owner_id_idx').on(t.ownerId),
    // Faults are few and workspaces large: without it, telling that there is none reads every file (200,000: 39 ms, with it 0.06).
    index('files_fault_idx')
      .on(t.workspaceId, t.id.desc())
      .where(sql`fault is not null`),
    check('files_status_check', oneOf(t.status, FILE_STATUSES)),
    check('files_type_check', oneOf(t.type, FILE_TYPES)),
    check('files_integrity_check', oneOf(t.integrity, INTEGRITIES)),
    check('files_fault_check', sql`${oneOf(t.fault, FILE_FAULTS)} and (${t.fault} is null) = (${t.faultAt} is null)`),
    check('files_size_check', sql`${t.sizeBytes} >= 0`),
    check(
      'files_reserved_check',
      sql`${t.reservedBytes} >= 0 and (${t.status} = 'UPLOADING' or ${t.reservedBytes} = 0)`,
    ),
    check(
      'files_ready_check',
      sql`${t.status} <> 'READY' or (${t.readyAt} is not null and ${t.integrity} is not null)`,
    ),
  ],
)
