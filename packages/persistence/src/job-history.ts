import type { JobId } from '@bellhop/model'
import { eq, inArray, sql } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { files, jobHistory, jobs } from './schema/index.ts'

/** How long one job took that was COMPLETED. */
export interface PastJob {
  readonly kind: string
  readonly kindVersion: number
  /** Of the file that it was about; 0 for none. */
  readonly sizeBytes: number
  readonly durationMs: number
  /** By the name of the stage. */
  readonly stageMs: Readonly<Record<string, number>>
}

/** Of each kind and class of size. */
const SLOTS = 32
/** Sizes of one class differ by less than this factor. */
const CLASS_FACTOR = 4
/** Of one kind that are read at once: all classes up to 5 TiB. */
const MAX_READ = 24 * SLOTS

/** Each takes a slot of its class at random, so that the newest are there for sure and the old go by and by. */
export async function recordPastJobs(tx: Executor, past: readonly PastJob[]): Promise<void> {
  // One statement cannot write a row twice, so of two that take the same slot the later stays.
  const rows = new Map(
    past.map((job) => {
      const sizeClass = sizeClassOf(job.sizeBytes)
      const slot = Math.floor(Math.random() * SLOTS)
      return [`${job.kind} ${job.kindVersion} ${sizeClass} ${slot}`, { ...job, sizeClass, slot }] as const
    }),
  )
  if (rows.size === 0) return
  await tx
    .insert(jobHistory)
    // In the order of the key, so that two workers never wait for each other.
    .values([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row))
    .onConflictDoUpdate({
      target: [jobHistory.kind, jobHistory.kindVersion, jobHistory.sizeClass, jobHistory.slot],
      set: {
        sizeBytes: sql`excluded.size_bytes`,
        durationMs: sql`excluded.duration_ms`,
        stageMs: sql`excluded.stage_ms`,
        endedAt: sql`now()`,
      },
    })
}

/** What is remembered of these kinds, in all sizes. */
export function findPastJobs(tx: Executor, kinds: readonly string[]): Promise<PastJob[]> {
  return tx
    .select({
      kind: jobHistory.kind,
      kindVersion: jobHistory.kindVersion,
      sizeBytes: jobHistory.sizeBytes,
      durationMs: jobHistory.durationMs,
      stageMs: jobHistory.stageMs,
    })
    .from(jobHistory)
    .where(inArray(jobHistory.kind, [...kinds]))
    .limit(MAX_READ * kinds.length)
}

/** Sizes of the files that jobs are about; 0 for those about none. */
export async function findJobSizes(tx: Executor, ids: readonly JobId[]): Promise<Map<JobId, number>> {
  const rows = await tx
    .select({ id: jobs.id, sizeBytes: files.sizeBytes })
    .from(jobs)
    .leftJoin(files, eq(files.id, jobs.fileId))
    .where(inArray(jobs.id, [...ids]))
  return new Map(rows.map(({ id, sizeBytes }) => [id, sizeBytes ?? 0]))
}

function sizeClassOf(sizeBytes: number): number {
  return Math.floor(Math.log(Math.max(1, sizeBytes)) / Math.log(CLASS_FACTOR))
}
