import type { JobKind } from '@bellhop/model'
import type { PastJob } from '@bellhop/persistence'
import type { Sample } from './progress-estimate.ts'

/** As many as tell the ninth of ten, and few enough to be near. */
const NEAREST = 24
/** Of a size more different than that, a job says nothing of this one. */
const MAX_SIZE_RATIO = 1_024

/**
 * What jobs of the same kind took, those of the nearest sizes, each as if it had been of this size: how time grows with
 * size is read off the kind's own past.
 */
export function likeThisOne(past: readonly PastJob[], kind: JobKind, sizeBytes: number): Sample[] {
  const size = logSize(sizeBytes)
  const own = past.filter((job) => job.kind === kind.name && job.kindVersion === kind.version)
  const power = growth(own)
  return own
    .map((job) => ({ job, distance: size - logSize(job.sizeBytes) }))
    .filter(({ distance }) => Math.abs(distance) <= Math.log(MAX_SIZE_RATIO))
    .toSorted((a, b) => Math.abs(a.distance) - Math.abs(b.distance))
    .slice(0, NEAREST)
    .map(({ job, distance }) => {
      const factor = Math.exp(power * distance)
      return {
        totalMs: job.durationMs * factor,
        stageMs: (kind.stages ?? []).map(({ name }) => (job.stageMs[name] ?? 0) * factor),
      }
    })
}

/** The power of the size with which time grows, by least squares over the logarithms: 0 not at all, 1 as the size does. */
function growth(past: readonly PastJob[]): number {
  const points = past.map((job) => ({ x: logSize(job.sizeBytes), y: Math.log(Math.max(1, job.durationMs)) }))
  const meanX = mean(points.map(({ x }) => x))
  const meanY = mean(points.map(({ y }) => y))
  const variance = mean(points.map(({ x }) => (x - meanX) ** 2))
  if (!(variance > 0.01)) return 0
  const slope = mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / variance
  return Math.max(0, Math.min(1, slope))
}

function logSize(sizeBytes: number): number {
  return Math.log(Math.max(1, sizeBytes))
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
