import type { FileDetail, JobKindName, JobOutput } from '@bellhop/model'
import { trpc } from '../trpc.ts'

/** The output of the newest finished job of a kind; null while there is none. */
export function useJobOutput<K extends JobKindName>(file: FileDetail, kind: K): JobOutput<K> | null {
  const job = file.jobs.find((each) => each.kind === kind && each.status === 'COMPLETED')
  const { data } = trpc.jobs.get.useQuery(
    { jobId: job?.id ?? 'job_' },
    // What a finished job gave never changes.
    { enabled: job !== undefined, staleTime: Number.POSITIVE_INFINITY },
  )
  if (data === undefined || data.kind !== kind) return null
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the kind was compared just now, which the compiler cannot carry over
  return data.output as JobOutput<K> | null
}
