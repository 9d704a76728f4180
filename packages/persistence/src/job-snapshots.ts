import { JOB_STATUSES } from '@bellhop/model'
import type { FileId, JobDetail, JobId, JobSnapshot, JobStatus, JobWait, WorkspaceId } from '@bellhop/model'
import { and, count, desc, eq, gt, inArray, lt, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { builtStatement } from './built-statement.ts'
import type { Executor } from './database.ts'
import { attemptsOf, listEvents, toTransition } from './job-attempts.ts'
import { files, jobProgress, jobs } from './schema/index.ts'

/** The version that watchers see: transitions and progress both raise it, and it is read in one snapshot. */
const version = sql<number>`${jobs.version} + ${jobProgress.ticks}`

const snapshotColumns = {
  id: jobs.id,
  workspaceId: jobs.workspaceId,
  kind: jobs.kind,
  fileId: jobs.fileId,
  fileName: files.name,
  status: jobs.status,
  version,
  attempt: jobs.attempt,
  maxAttempts: jobs.maxAttempts,
  priority: jobs.priority,
  parkedFor: jobs.parkedFor,
  isDue: sql<boolean>`${jobs.runAt} <= now()`,
  fraction: jobProgress.fraction,
  stage: jobProgress.stage,
  workDone: jobProgress.workDone,
  workTotal: jobProgress.workTotal,
  workUnit: jobProgress.workUnit,
  etaAt: jobProgress.etaAt,
  etaLateAt: jobProgress.etaLateAt,
  cancelRequestedAt: jobs.cancelRequestedAt,
  errorCode: jobs.errorCode,
  errorSentence: jobs.errorSentence,
  createdAt: jobs.createdAt,
  startedAt: jobs.startedAt,
  finishedAt: jobs.finishedAt,
  runAt: jobs.runAt,
}

export async function findSnapshots(
  tx: Executor,
  workspaceId: WorkspaceId,
  ids: readonly JobId[],
): Promise<JobSnapshot[]> {
  const [id, ...others] = ids
  if (id === undefined) return []
  return others.length === 0
    ? (await ofOneJob(tx).execute({ workspaceId, id })).map(toSnapshot)
    : select(tx, and(eq(jobs.workspaceId, workspaceId), inArray(jobs.id, [...ids])))
}

/** What every submission asks: building it took a third of its CPU time. */
const ofOneJob = builtStatement((tx) =>
  selectRows(tx, and(eq(jobs.workspaceId, sql.placeholder('workspaceId')), eq(jobs.id, sql.placeholder('id')))).prepare(
    'snapshot',
  ),
)

/** For one reader that serves many workspaces at once, and hands each snapshot to its own. */
export async function findSnapshotsOfAll(
  tx: Executor,
  ids: readonly JobId[],
): Promise<{ workspaceId: WorkspaceId; snapshot: JobSnapshot }[]> {
  if (ids.length === 0) return []
  const rows = await selectRows(tx, inArray(jobs.id, [...ids]))
  return rows.map((row) => ({ workspaceId: row.workspaceId, snapshot: toSnapshot(row) }))
}

/** The database's clock, by which cursors of feeds are made. */
export async function databaseNow(tx: Executor): Promise<Date> {
  const [row] = await tx.execute<{ now_ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`,
  )
  return new Date(row?.now_ms ?? 0)
}

export function listFileJobs(tx: Executor, fileId: FileId, limit: number): Promise<JobSnapshot[]> {
  return select(tx, eq(jobs.fileId, fileId), limit)
}

export interface JobFilter {
  readonly status?: readonly JobStatus[] | undefined
  readonly kind?: string | undefined
  readonly fileId?: FileId | undefined
  /** Only what was made before this one. */
  readonly before?: string | undefined
  readonly limit: number
}

/** The newest first. */
export function listJobs(tx: Executor, workspaceId: WorkspaceId, filter: JobFilter): Promise<JobSnapshot[]> {
  return select(
    tx,
    and(
      eq(jobs.workspaceId, workspaceId),
      filter.status && inArray(jobs.status, [...filter.status]),
      filter.kind === undefined ? undefined : eq(jobs.kind, filter.kind),
      filter.fileId && eq(jobs.fileId, filter.fileId),
      filter.before === undefined ? undefined : lt(sql`${jobs.id}`, filter.before),
    ),
    filter.limit,
  )
}

export async function countJobs(tx: Executor, workspaceId: WorkspaceId): Promise<Record<JobStatus, number>> {
  const rows = await tx
    .select({ status: jobs.status, count: count() })
    .from(jobs)
    .where(eq(jobs.workspaceId, workspaceId))
    .groupBy(jobs.status)
  const counts = new Map(rows.map((row) => [row.status, row.count]))
  return Object.fromEntries(JOB_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<
    JobStatus,
    number
  >
}

/** What a feed starts with: all that is active, and what ended since `endedSince`. */
export function listLiveJobs(
  tx: Executor,
  workspaceId: WorkspaceId,
  endedSince: Date | null,
  limit: number,
): Promise<JobSnapshot[]> {
  return select(
    tx,
    and(
      eq(jobs.workspaceId, workspaceId),
      or(
        inArray(jobs.status, ['PENDING', 'PROCESSING']),
        endedSince === null ? undefined : gt(jobs.finishedAt, endedSince),
      ),
    ),
    limit,
  )
}

export async function findJobDetail(tx: Executor, workspaceId: WorkspaceId, id: JobId): Promise<JobDetail | undefined> {
  const [snapshot] = await findSnapshots(tx, workspaceId, [id])
  if (!snapshot) return undefined
  const [row] = await tx
    .select({ input: jobs.input, output: jobs.output, stages: jobProgress.stages })
    .from(jobs)
    .innerJoin(jobProgress, eq(jobProgress.jobId, jobs.id))
    .where(eq(jobs.id, id))
  const events = await listEvents(tx, id)
  const history = events.map(toTransition)
  const attempts = attemptsOf(events, row?.stages ?? null)
  // The output was parsed by its kind's schema before it was stored.
  return { ...snapshot, input: row?.input, output: row?.output ?? null, history, attempts }
}

async function select(tx: Executor, where: SQL | undefined, limit?: number): Promise<JobSnapshot[]> {
  return (await selectRows(tx, where, limit)).map(toSnapshot)
}

function selectRows(tx: Executor, where: SQL | undefined, limit?: number) {
  const query = tx
    .select(snapshotColumns)
    .from(jobs)
    .innerJoin(jobProgress, eq(jobProgress.jobId, jobs.id))
    .leftJoin(files, eq(files.id, jobs.fileId))
    .where(where)
    .orderBy(desc(jobs.id))
    .$dynamic()
  return limit === undefined ? query : query.limit(limit)
}

type SnapshotRow = Awaited<ReturnType<typeof selectRows>>[number]

function toSnapshot(row: SnapshotRow): JobSnapshot {
  return {
    id: row.id,
    kind: row.kind,
    fileId: row.fileId,
    fileName: row.fileName,
    status: row.status,
    version: row.version,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    priority: row.priority,
    waitingFor: row.status === 'PENDING' ? waitOf(row) : null,
    progress: row.status === 'COMPLETED' ? 1 : Math.min(row.fraction, 0.99),
    stage: row.status === 'PROCESSING' || row.parkedFor === 'jobs' ? row.stage : null,
    work: row.status === 'PROCESSING' ? toWork(row) : null,
    eta: row.status === 'PROCESSING' ? (row.etaAt?.toISOString() ?? null) : null,
    etaLate: row.status === 'PROCESSING' ? (row.etaLateAt?.toISOString() ?? null) : null,
    // Who hands it out fills it in: the place is the queue's, not the row's.
    queue: null,
    cancelling: row.status === 'PROCESSING' && row.cancelRequestedAt !== null,
    error: row.errorCode === null ? null : { code: row.errorCode, sentence: row.errorSentence ?? '' },
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    retryAt: row.status === 'PENDING' && row.attempt > 1 && row.parkedFor !== 'jobs' ? row.runAt.toISOString() : null,
  }
}

function toWork({ workDone: done, workTotal: total, workUnit: unit }: SnapshotRow): JobSnapshot['work'] {
  return done === null || total === null || unit === null ? null : { done, total, unit }
}

function waitOf({ parkedFor, isDue }: Pick<SnapshotRow, 'parkedFor' | 'isDue'>): JobWait {
  if (parkedFor !== null) return parkedFor === 'jobs' ? 'jobs' : 'slot'
  return isDue ? 'turn' : 'time'
}
