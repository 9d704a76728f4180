import type { StoreReport } from '@bellhop/model'
import { index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** What the doctor found out about a store, the newest report only. */
export const storeReports = pgTable('store_reports', {
  /** Endpoint and bucket. */
  store: text().primaryKey(),
  report: jsonb().$type<StoreReport>().notNull(),
  checkedAt: timestamp('checked_at', { withTimezone: true }).notNull().defaultNow(),
})

/** One walk through the bucket, in pages over several runs; what it found stays as its report. */
export const storeSweeps = pgTable(
  'store_sweeps',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    store: text().notNull(),
    /** What is being listed, and from where on. */
    stage: text({ enum: ['uploads', 'objects', 'files', 'done'] })
      .notNull()
      .default('uploads'),
    cursor: text(),
    objectsSeen: integer('objects_seen').notNull().default(0),
    /** Left by uploads and files that have ended, and removed. */
    leftoversRemoved: integer('leftovers_removed').notNull().default(0),
    multipartAborted: integer('multipart_aborted').notNull().default(0),
    /** Objects that no row knows: reported, never deleted. The first few keys are in `unknown_keys`. */
    unknownObjects: integer('unknown_objects').notNull().default(0),
    unknownKeys: text('unknown_keys').array().notNull().default([]),
    filesMissing: integer('files_missing').notNull().default(0),
    filesMended: integer('files_mended').notNull().default(0),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [index('store_sweeps_store_idx').on(t.store, t.id.desc())],
)
