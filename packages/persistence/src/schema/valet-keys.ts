import { VALET_KEY_PURPOSES } from '@bellhop/model'
import type { ApiKeyId, FileId, UploadId, UserId, ValetKeyId, WorkspaceId } from '@bellhop/model'
import { bigint, check, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { oneOf } from './columns.ts'
import { workspaces } from './workspaces.ts'

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
    /** No key follows it: the upload was aborted, the download is not renewed. What was issued lives until it expires. */
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    revokedBy: text('revoked_by').$type<UserId>(),
  },
  (t) => [
    index('valet_keys_workspace_id_idx').on(t.workspaceId, t.id.desc()),
    index('valet_keys_user_id_idx').on(t.workspaceId, t.userId, t.id.desc()),
    index('valet_keys_upload_id_idx').on(t.uploadId),
    index('valet_keys_file_id_idx').on(t.fileId, t.id.desc()),
    check('valet_keys_purpose_check', oneOf(t.purpose, VALET_KEY_PURPOSES)),
  ],
)

/** Who may be given how many keys: one row a user and one a workspace. Unlogged: a crash forgives. */
export const keyRates = pgTable('key_rates', {
  subject: text().primaryKey(),
  /** The moment up to which the allowance is spent (GCRA's theoretical arrival time). */
  spentUntil: timestamp('spent_until', { withTimezone: true }).notNull(),
})
