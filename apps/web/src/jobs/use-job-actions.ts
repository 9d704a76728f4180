import type { JobSnapshot } from '@bellhop/model'
import { nextJobStatus } from '@bellhop/model'
import { useQueryClient } from '@tanstack/react-query'
import { putLiveJobs } from '../live/live-jobs.ts'
import { trpc } from '../trpc.ts'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'

interface JobActions {
  /** What the job's state allows; the table of states is the server's own. */
  readonly mayCancel: boolean
  readonly mayRetry: boolean
  readonly busy: boolean
  /** Asked for, from here or elsewhere, and not yet done. */
  readonly cancelling: boolean
  /** Why the last action was refused. */
  readonly error: string | null
  readonly cancel: () => void
  readonly retry: () => void
}

export function useJobActions(job: JobSnapshot): JobActions {
  const words = useWords()
  const client = useQueryClient()
  const utils = trpc.useUtils()
  const after = {
    onSuccess: (changed: JobSnapshot) => {
      putLiveJobs(client, [changed])
      void utils.jobs.invalidate()
    },
    onError: (error: unknown) => announce(errorSentence(words, error)),
  }
  const cancel = trpc.jobs.cancel.useMutation(after)
  const retry = trpc.jobs.retry.useMutation(after)
  const failure = cancel.error ?? retry.error
  return {
    mayCancel: nextJobStatus(job.status, 'cancel') !== null,
    mayRetry: nextJobStatus(job.status, 'retry') !== null,
    busy: cancel.isPending || retry.isPending || job.cancelling,
    cancelling: cancel.isPending || job.cancelling,
    error: failure === null ? null : errorSentence(words, failure),
    cancel: () => cancel.mutate({ jobId: job.id }),
    retry: () => retry.mutate({ jobId: job.id }),
  }
}
