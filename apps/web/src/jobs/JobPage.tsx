import type { JobId } from '@bellhop/model'
import { isId, isJobEnded } from '@bellhop/model'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { BackLink } from '../frame/BackLink.tsx'
import { NotFound } from '../frame/NotFound.tsx'
import { useLiveJob } from '../live/live-jobs.ts'
import { trpc } from '../trpc.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { errorSentence, isNotFound } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { JobActions } from './JobActions.tsx'
import { JobData } from './JobData.tsx'
import { JobFacts } from './JobFacts.tsx'
import { JobForecast } from './JobForecast.tsx'
import { JobListSkeleton } from './JobListSkeleton.tsx'
import { JobLog } from './JobLog.tsx'
import { JobOutputs } from './JobOutputs.tsx'
import { JobState } from './JobState.tsx'
import { JobTimeline } from './JobTimeline.tsx'
import { jobName } from './job-words.ts'
import type { AnyJobDetail } from './any-job-detail.ts'

const LOOK_AGAIN_MS = 2_000

const route = getRouteApi('/frame/jobs/$jobId')

export function JobPage(): ReactNode {
  const { jobId } = route.useParams()
  return isId('job', jobId) ? <JobOfId key={jobId} jobId={jobId} /> : <NotFound />
}

function JobOfId({ jobId }: { readonly jobId: JobId }) {
  const words = useWords()
  const {
    data: job,
    error,
    refetch,
  } = trpc.jobs.get.useQuery(
    { jobId },
    // The feed tells of states. Stages and the place in the queue move on without a word of it.
    { refetchInterval: ({ state }) => (state.data && isJobEnded(state.data.status) ? false : LOOK_AGAIN_MS) },
  )
  if (isNotFound(error)) return <NotFound />
  if (error !== null && job === undefined) {
    return (
      <ErrorState
        title={words.common.somethingWrong}
        sentence={errorSentence(words, error)}
        requestText={null}
        retryText={words.common.retry}
        onRetry={() => void refetch()}
      />
    )
  }
  return job === undefined ? <JobListSkeleton label={words.common.loading} /> : <JobRead detail={job} />
}

function JobRead({ detail }: { readonly detail: AnyJobDetail }) {
  const words = useWords()
  const live = useLiveJob(detail)
  // The place has no version: the one that was asked for last is the newest.
  const job = live.status === 'PENDING' ? { ...live, queue: detail.queue } : live
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-col gap-3">
        <BackLink to="/jobs" text={words.jobs.backToJobs} />
        <div className="flex flex-wrap items-start justify-between gap-4">
          <PageTitle>{jobName(words, job)}</PageTitle>
          <JobActions job={job} wordy />
        </div>
        <div className="flex max-w-xl flex-col gap-1.5">
          {/* The sentence below says the place, and when it should start. */}
          <JobState job={{ ...job, queue: null }} />
          <JobForecast job={job} />
        </div>
      </header>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <JobFacts job={job} />
        <JobTimeline attempts={detail.attempts} />
      </div>
      <JobLog job={job} />
      <JobOutputs job={job} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <JobData title={words.jobs.input} value={job.input} />
        <JobData title={words.jobs.output} value={job.output} none={words.jobs.noOutput} />
      </div>
    </div>
  )
}
