import type { JobQueuePlace, JobSnapshot } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useLiveJob } from '../live/live-jobs.ts'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { Time } from '../ui/Time.tsx'
import { useWords } from '../words/use-words.ts'
import { JobActions } from './JobActions.tsx'
import { JobState } from './JobState.tsx'
import { jobKindText, jobName } from './job-words.ts'
import { Took } from './Took.tsx'
import { useQueuePlaces } from './use-queue-places.ts'

const HEAD = 'px-4 py-2 text-left text-xs font-medium text-faint'
const CELL = 'px-4 py-3 align-middle'

export function JobList({ jobs }: { readonly jobs: readonly JobSnapshot[] }) {
  const words = useWords()
  const { columns } = words.jobs
  const places = useQueuePlaces(jobs)
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
      <table className="w-full table-fixed max-sm:block">
        <caption className="sr-only">{words.jobs.title}</caption>
        <thead className="border-b border-line max-sm:hidden">
          <tr>
            <th className={HEAD}>{columns.what}</th>
            <th className={`${HEAD} w-[38%]`}>{columns.state}</th>
            <th className={`${HEAD} w-32 max-md:hidden`}>{columns.started}</th>
            <th className={`${HEAD} w-28 max-lg:hidden`}>{columns.took}</th>
            <th className="w-16">
              <span className="sr-only">{words.common.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-sm:block">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} queue={places.get(job.id)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface JobRowProps {
  readonly job: JobSnapshot
  /** Where it waits, as asked for last. */
  readonly queue: JobQueuePlace | undefined
}

const JobRow = memo(function JobRow({ job: fetched, queue }: JobRowProps) {
  const words = useWords()
  const live = useLiveJob(fetched)
  const job = queue === undefined || live.status !== 'PENDING' ? live : { ...live, queue }
  return (
    <tr className="hover:bg-hover max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:py-1">
      <td className={`${CELL} max-sm:pb-0`}>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          aria-label={jobName(words, job)}
          className="inline-flex min-h-6 items-center font-medium hover:underline"
        >
          {jobKindText(words, job.kind)}
        </Link>
        {job.fileId !== null && job.fileName !== null && (
          <Link
            to="/files/$fileId"
            params={{ fileId: job.fileId }}
            className="flex min-h-6 min-w-0 items-center text-sm text-muted hover:text-ink hover:underline"
          >
            <MiddleEllipsis text={job.fileName} />
          </Link>
        )}
      </td>
      <td className={`${CELL} max-sm:col-span-2 max-sm:row-start-2 max-sm:pt-2`}>
        <JobState job={job} />
      </td>
      <td className={`${CELL} text-sm text-muted max-md:hidden`}>
        {job.startedAt === null ? words.jobs.notStarted : <Time at={job.startedAt} />}
      </td>
      <td className={`${CELL} figures text-sm text-muted max-lg:hidden`}>
        <Took job={job} />
      </td>
      <td className={`${CELL} px-2 text-right max-sm:pb-0`}>
        <JobActions job={job} />
      </td>
    </tr>
  )
})
