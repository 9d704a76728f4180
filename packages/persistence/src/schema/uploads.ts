import { KEY_BINDINGS, UPLOAD_STATUSES } from '@bellhop/model'
import type { FileId, UploadId, UserId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import { bigint, boolean, char, check, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { oneOf } from './columns.ts'
import { files } from './files.ts'
import { users } from './identity.ts'
import { workspaces } from './workspaces.ts'

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
    /** Of the whole file, where it goes up as one PUT. */
    sha256: text(),
    /** How its keys bind the bytes; fixed when it begins, so that a new report of the store changes nothing midway. */
    binding: text({ enum: KEY_BINDINGS }).notNull().default('sha256'),
    /** Of the source, by the client, to tell early that another file was given to resume with. */
    fingerprint: text(),
    /** False while a stream of unknown length is on its way: then `part_count` and the file's size are 0. */
    sizeKnown: boolean('size_known').notNull().default(true),
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
    check('uploads_binding_check', oneOf(t.binding, KEY_BINDINGS)),
    check('uploads_status_check', oneOf(t.status, UPLOAD_STATUSES)),
    check(
      'uploads_mode_check',
      sql`(${t.mode} = 'multipart') or (${t.partCount} = 1 and ${t.storeUploadId} is null and ${t.sizeKnown})`,
    ),
  ],
)

/**
 * What each part was promised to be. The first key for a part commits the upload to those bytes: no key is signed for
 * others, so two clients, or a file that changed, can never be mixed. Kept, so that stored bytes can be verified later.
 */
export const uploadParts = pgTable(
  'upload_parts',
  {
    uploadId: text('upload_id')
      .$type<UploadId>()
      .notNull()
      .references(() => uploads.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** Lower-case hex; null where the client could not hash. */
    sha256: char({ length: 64 }),
  },
  (t) => [primaryKey({ columns: [t.uploadId, t.number] })],
)
