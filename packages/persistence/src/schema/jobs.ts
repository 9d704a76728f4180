import { JOB_PRIORITIES, JOB_STATUSES } from '@bellhop/model'
import type { FileId, JobId, OutputId, UserId, WorkerId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { AttemptUsage, StageSpan } from '../attempt-usage.ts'
import { oneOf } from './columns.ts'
import { files } from './files.ts'
import { workspaces } from './workspaces.ts'

/** Other jobs that must be COMPLETED first; a place under the limit of its kind, or of its workspace. */
const PARKED_FOR = ['jobs', 'kind', 'workspace'] as const

/** The truth about jobs. graphile-worker only queues and schedules. */
export const jobs = pgTable(
  'jobs',
  {
    id: text().$type<JobId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    kindVersion: integer('kind_version').notNull(),
    fileId: text('file_id')
      .$type<FileId>()
      .references(() => files.id, { onDelete: 'cascade' }),
    status: text({ enum: JOB_STATUSES }).notNull().default('PENDING'),
    version: integer().notNull().default(1),
    attempt: integer().notNull().default(1),
    maxAttempts: integer('max_attempts').notNull(),
    rescues: integer().notNull().default(0),
    priority: text({ enum: JOB_PRIORITIES }).notNull().default('normal'),
    /** Its place among those that wait, in millionths of a round; 0 goes first. Null: it has not been given one yet. */
    turn: bigint({ mode: 'number' }),
    /** What a PENDING job is kept out of the queue for. */
    parkedFor: text('parked_for', { enum: PARKED_FOR }),
    /** Others wait for its end. */
    hasSuccessors: boolean('has_successors').notNull().default(false),
    /** It takes a place under a limit while it runs. */
    isLimited: boolean('is_limited').notNull().default(false),
    /** The job whose part it is; that one waits for it. */
    parentId: text('parent_id')
      .$type<JobId>()
      .references((): AnyPgColumn => jobs.id, { onDelete: 'cascade' }),
    /** How much of its parent's work it is, in relation to the other parts; null where it is none. */
    partWeight: real('part_weight'),
    leaseToken: text('lease_token'),
    leaseOwner: text('lease_owner').$type<WorkerId>(),
    input: jsonb().notNull(),
    output: jsonb(),
    /** What the attempt that ended last took. The trigger that records transitions keeps it for each. */
    usage: jsonb().$type<AttemptUsage>(),
    errorCode: text('error_code'),
    errorSentence: text('error_sentence'),
    idempotencyKey: text('idempotency_key'),
    requestHash: text('request_hash'),
    cancelRequestedAt: timestamp('cancel_requested_at', { withTimezone: true }),
    createdBy: text('created_by').$type<UserId>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Not before. */
    runAt: timestamp('run_at', { withTimezone: true }).notNull().defaultNow(),
    startedAt: timestamp('started_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
  },
  (t) => [
    index('jobs_workspace_id_idx').on(t.workspaceId, t.id.desc()),
    index('jobs_file_id_idx').on(t.fileId, t.id.desc()),
    index('jobs_parent_id_idx')
      .on(t.parentId)
      .where(sql`parent_id is not null`),
    // Feeds read what is active, and what ended since their cursor.
    index('jobs_active_idx')
      .on(t.workspaceId, t.id)
      .where(sql`status in ('PENDING', 'PROCESSING')`),
    index('jobs_finished_at_idx')
      .on(t.workspaceId, t.finishedAt)
      .where(sql`finished_at is not null`),
    // How many ended lately, over all workspaces.
    index('jobs_ended_idx')
      .on(t.finishedAt)
      .where(sql`finished_at is not null`),
    // The rescuer asks for what a silent worker holds.
    index('jobs_lease_owner_idx')
      .on(t.leaseOwner)
      .where(sql`lease_owner is not null`),
    uniqueIndex('jobs_idempotency_key_idx')
      .on(t.workspaceId, t.idempotencyKey)
      .where(sql`idempotency_key is not null`),
    // The heads of the line of each kind.
    index('jobs_turn_idx')
      .on(t.kind, t.priority, t.turn)
      .where(sql`status = 'PENDING' and turn > 0 and parked_for is null`),
    // The tails of each workspace's own lines.
    index('jobs_lane_idx')
      .on(t.workspaceId, t.kind, t.priority, t.turn)
      .where(sql`status = 'PENDING' and turn > 0`),
    index('jobs_parked_kind_idx')
      .on(t.kind, t.turn)
      .where(sql`parked_for = 'kind'`),
    index('jobs_parked_workspace_idx')
      .on(t.workspaceId, t.turn)
      .where(sql`parked_for = 'workspace'`),
    index('jobs_parked_jobs_idx')
      .on(t.id)
      .where(sql`parked_for = 'jobs'`),
    check('jobs_status_check', oneOf(t.status, JOB_STATUSES)),
    check('jobs_priority_check', oneOf(t.priority, JOB_PRIORITIES)),
    check(
      'jobs_parked_check',
      sql`${t.parkedFor} is null or (${t.status} = 'PENDING' and ${oneOf(t.parkedFor, PARKED_FOR)})`,
    ),
    check(
      'jobs_lease_check',
      sql`(${t.status} = 'PROCESSING') = (${t.leaseToken} is not null) and (${t.leaseToken} is null) = (${t.leaseOwner} is null)`,
    ),
    check(
      'jobs_finished_check',
      sql`(${t.status} in ('COMPLETED', 'FAILED', 'CANCELLED')) = (${t.finishedAt} is not null)`,
    ),
    check('jobs_output_check', sql`(${t.status} = 'COMPLETED') = (${t.output} is not null)`),
  ],
)

/** Which jobs wait for which. */
export const jobDependencies = pgTable(
  'job_dependencies',
  {
    jobId: text('job_id')
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    afterId: text('after_id')
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.afterId] }), index('job_dependencies_after_id_idx').on(t.afterId)],
)

/** How many jobs of a kind run at once in the whole cluster. Workers write down what they were started with. */
export const jobKindLimits = pgTable(
  'job_kind_limits',
  { kind: text().primaryKey(), maxRunning: integer('max_running').notNull() },
  (t) => [check('job_kind_limits_check', sql`${t.maxRunning} > 0`)],
)

/**
 * What changes several times a second lives apart and has no index on what changes: an index on a changing column took
 * HOT updates from 99 % to 0 %.
 */
export const jobProgress = pgTable('job_progress', {
  jobId: text('job_id')
    .$type<JobId>()
    .primaryKey()
    .references(() => jobs.id, { onDelete: 'cascade' }),
  /** Rises with every write; added to the job's own version it is the version that watchers see. */
  ticks: integer().notNull().default(0),
  fraction: real().notNull().default(0),
  stage: text(),
  /** Of the stage, in the unit of its kind. */
  workDone: doublePrecision('work_done'),
  workTotal: doublePrecision('work_total'),
  workUnit: text('work_unit'),
  etaAt: timestamp('eta_at', { withTimezone: true }),
  etaLateAt: timestamp('eta_late_at', { withTimezone: true }),
  /** Of the attempt that runs. */
  stages: jsonb().$type<readonly StageSpan[]>(),
  /** How many lines the job has logged; the newest has this number. */
  logSeq: integer('log_seq').notNull().default(0),
})

/** What jobs say while they run. The newest lines of each, by number; older ones are dropped. */
export const jobLog = pgTable(
  'job_log',
  {
    jobId: text('job_id')
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    attempt: integer().notNull(),
    line: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.seq] })],
)

/**
 * How long jobs took: what the time of the next is told by. Of each kind and class of size a fixed number of slots, and a
 * new sample takes one at random, so that the table is bounded and forgets by itself.
 */
export const jobHistory = pgTable(
  'job_history',
  {
    kind: text().notNull(),
    kindVersion: integer('kind_version').notNull(),
    sizeClass: integer('size_class').notNull(),
    slot: integer().notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** By the name of the stage. */
    stageMs: jsonb('stage_ms').$type<Readonly<Record<string, number>>>().notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.kindVersion, t.sizeClass, t.slot] })],
)

/**
 * How many jobs ended, a row for each minute, kind and end, so that a day is counted without reading its jobs. Minutes that
 * are over a day old are added up in one row of the year 1970: the sum of all rows only rises.
 */
export const jobTallies = pgTable(
  'job_tallies',
  {
    minute: timestamp({ withTimezone: true }).notNull(),
    kind: text().notNull(),
    status: text({ enum: JOB_STATUSES }).notNull(),
    jobs: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.minute, t.kind, t.status] })],
)

/** Every transition, written by a trigger on `jobs`. */
export const jobEvents = pgTable(
  'job_events',
  {
    jobId: text('job_id')
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    status: text({ enum: JOB_STATUSES }).notNull(),
    attempt: integer().notNull(),
    workerId: text('worker_id').$type<WorkerId>(),
    reason: text(),
    /** What the attempt took that this transition ended. */
    usage: jsonb().$type<Partial<AttemptUsage>>(),
    at: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.version] })],
)

/** What jobs wrote. A row is inserted in the transaction that makes its job COMPLETED, and only there. */
export const outputs = pgTable(
  'outputs',
  {
    id: text().$type<OutputId>().primaryKey(),
    workspaceId: text('workspace_id')
      .$type<WorkspaceId>()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    jobId: text('job_id')
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    fileId: text('file_id')
      .$type<FileId>()
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
    role: text().notNull(),
    name: text().notNull(),
    mediaType: text('media_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    width: integer(),
    height: integer(),
    objectKey: text('object_key').notNull().unique(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('outputs_file_id_idx').on(t.fileId, t.id.desc()), index('outputs_job_id_idx').on(t.jobId)],
)

/** One row a worker process. Its beat is the lease of every job that it holds. */
export const workers = pgTable('workers', {
  id: text().$type<WorkerId>().primaryKey(),
  /** graphile-worker's name for the process, to free what it had locked. */
  poolId: text('pool_id').notNull(),
  host: text().notNull(),
  pid: integer().notNull(),
  kinds: text().array().notNull(),
  /** Jobs that it runs at once. */
  concurrency: integer().notNull().default(1),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  beatAt: timestamp('beat_at', { withTimezone: true }).notNull().defaultNow(),
})
