import { JOB_KINDS } from '@bellhop/model'
import type { JobKind, JobKindName, JobStage } from '@bellhop/model'
import type { PastJob } from '@bellhop/persistence'
import { AttemptProgress } from '../../src/attempt-progress.ts'
import { likeThisOne } from '../../src/past-jobs.ts'
import { estimateRemaining } from '../../src/progress-estimate.ts'
import type { Trace } from './trace.ts'

/** As often as a worker looks at what its jobs say. */
const LOOK_EVERY_MS = 250

export interface Told {
  readonly atMs: number
  readonly expectedAtMs: number
  readonly lateAtMs: number
}

/** What would have been told of a job's end while it ran, had these others ended before. */
export function replay(trace: Trace, others: readonly Trace[]): Told[] {
  const kind: JobKind = JOB_KINDS[trace.kind as JobKindName]
  const stages = kind.stages ?? []
  const samples = likeThisOne(others.map(toPastJob), kind, trace.sizeBytes)
  const progress = new AttemptProgress(stages, 0)
  const told: Told[] = []
  let next = 0
  for (let atMs = 0; atMs < trace.durationMs; atMs += LOOK_EVERY_MS) {
    for (; next < trace.reports.length; next++) {
      const [reportedAtMs, stage, fraction] = trace.reports[next] ?? [0, 0, 0]
      if (reportedAtMs > atMs) break
      progress.advance(nameOf(stages, stage), fraction, 1, reportedAtMs)
    }
    const remaining = estimateRemaining(samples, progress.moment(atMs))
    if (remaining) told.push({ atMs, expectedAtMs: atMs + remaining.expectedMs, lateAtMs: atMs + remaining.lateMs })
  }
  return told
}

function toPastJob({ kind, sizeBytes, durationMs, reports }: Trace): PastJob {
  const { version, stages = [] }: JobKind = JOB_KINDS[kind as JobKindName]
  const begins = stages.map((_, stage) => reports.find((report) => report[1] === stage)?.[0] ?? null)
  const stageMs = stages.flatMap(({ name }, stage) => {
    const begin = begins[stage] ?? null
    if (begin === null) return []
    const end = begins.slice(stage + 1).find((later) => later !== null) ?? durationMs
    return [[name, end - begin] as const]
  })
  return { kind, kindVersion: version, sizeBytes, durationMs, stageMs: Object.fromEntries(stageMs) }
}

function nameOf(stages: readonly JobStage[], index: number): string {
  const stage = stages[index]
  if (!stage) throw new Error(`The traces name a stage ${index} that their kind has no more; record them anew.`)
  return stage.name
}
