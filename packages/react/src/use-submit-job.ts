import type { BellhopError, SubmitOptions, SubmittedJob } from '@bellhop/client'
import type { JobInput, KindArgument } from '@bellhop/model'
import { useMutation } from '@tanstack/react-query'
import type { UseMutationResult } from '@tanstack/react-query'
import { useBellhop } from './BellhopProvider.tsx'

export interface SubmitJobOptions<K extends string> extends Omit<SubmitOptions, 'signal' | 'idempotencyKey'> {
  readonly onSuccess?: (job: SubmittedJob<K>) => void
  readonly onError?: (error: BellhopError) => void
}

/** `submit.mutate(input)` starts a job of that kind; `useJob(submit.data)` follows it, typed. */
export function useSubmitJob<K extends string>(
  kind: K & KindArgument<K>,
  { onSuccess, onError, ...options }: SubmitJobOptions<K> = {},
): UseMutationResult<SubmittedJob<K>, BellhopError, JobInput<K>> {
  const bellhop = useBellhop()
  return useMutation({
    mutationFn: (input: JobInput<K>) => bellhop.jobs.submit<K>(kind, input, options),
    ...(onSuccess && { onSuccess }),
    ...(onError && { onError }),
  })
}
