import { FILE_STATUSES, FILE_TYPES, INTEGRITIES, UPLOAD_STATUSES, VALET_KEY_PURPOSES } from '@bellhop/model'
import type { ApiKeyId, FileId, UploadId, UserId, ValetKeyId, WorkspaceId } from '@bellhop/model'
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
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
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
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    readyAt: timestamp('ready_at', { withTimezone: true }),
  },
  (t) => [
    index('files_workspace_id_idx').on(t.workspaceId, t.id.desc()),
    index('files_owner_id_idx').on(t.ownerId),
    check('files_status_check', oneOf(t.status, FILE_STATUSES)),
    check('files_type_check', oneOf(t.type, FILE_TYPES)),
    check('files_integrity_check', oneOf(t.integrity, INTEGRITIES)),
    check('files_size_check', sql`${t.sizeBytes} >= 0`),
    check(
      'files_ready_check',
      sql`${t.status} <> 'READY' or (${t.readyAt} is not null and ${t.integrity} is not null)`,
    ),
  ],
)

export const uploads = pgTable(
  'uploads',
  {
    id: text().$type<UploadId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    fileId: text('file_id')
      .$type<FileId>()
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    status: text({ enum: UPLOAD_STATUSES }).notNull().default('OPEN'),
    mode: text({ enum: ['single', 'multipart'] }).notNull(),
    partSizeBytes: bigint('part_size_bytes', { mode: 'number' }).notNull(),
    partCount: integer('part_count').notNull(),
    /** The store's own id of a multipart upload. */
    storeUploadId: text('store_upload_id'),
    /** All parts were bound to their SHA-256 by their keys; one unbound key makes it false for good. */
    partsBound: boolean('parts_bound').notNull().default(true),
    sha256: text(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** When the present holder began to complete; another may take it over after a while. */
    completingAt: timestamp('completing_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [
    index('uploads_file_id_idx').on(t.fileId),
    // The sweeper looks for what was left: only what has not ended is in this index.
    index('uploads_unended_idx')
      .on(t.expiresAt)
      .where(sql`status in ('OPEN', 'COMPLETING')`),
    check('uploads_status_check', oneOf(t.status, UPLOAD_STATUSES)),
    check('uploads_mode_check', sql`(${t.mode} = 'multipart') or (${t.partCount} = 1 and ${t.storeUploadId} is null)`),
  ],
)

/** The ledger: every key that was issued. Never the key itself. */
export const valetKeys = pgTable(
  'valet_keys',
  {
    id: text().$type<ValetKeyId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text('user_id').$type<UserId>().notNull(),
    apiKeyId: text('api_key_id').$type<ApiKeyId>(),
    purpose: text({ enum: VALET_KEY_PURPOSES }).notNull(),
    fileId: text('file_id').$type<FileId>().notNull(),
    uploadId: text('upload_id').$type<UploadId>(),
    /** A file's own object, or that of an output. */
    objectKey: text('object_key').notNull(),
    /** One row for the keys of one batch; null where the key is not for parts. */
    firstPart: integer('first_part'),
    keyCount: integer('key_count').notNull().default(1),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    fromAddress: text('from_address'),
    issuedAt: timestamp('issued_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** As far as the store tells: the object or part was seen to be there. */
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (t) => [
    index('valet_keys_workspace_id_idx').on(t.workspaceId, t.id.desc()),
    index('valet_keys_file_id_idx').on(t.fileId, t.id.desc()),
    check('valet_keys_purpose_check', oneOf(t.purpose, VALET_KEY_PURPOSES)),
  ],
)
