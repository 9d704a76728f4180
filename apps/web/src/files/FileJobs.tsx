import type { FileDetail, JobSnapshot } from '@bellhop/model'
import { newerJob } from '@bellhop/react'
import { Link } from '@tanstack/react-router'
import { JobActions } from '../jobs/JobActions.tsx'
import { JobState } from '../jobs/JobState.tsx'
import { jobKindText, jobName } from '../jobs/job-words.ts'
import { useLiveJobsOfFile } from '../live/live-jobs.ts'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'

/** The work on this file, live: what the page has read, and what the feed has told since. */
export function useJobsOfFile(file: FileDetail): readonly JobSnapshot[] {
  const live = useLiveJobsOfFile(file.id)
  const known = new Set(file.jobs.map((job) => job.id))
  const fresh = live.filter((job) => !known.has(job.id))
  return [
    ...fresh,
    ...file.jobs.map((job) =>
      newerJob(
        job,
        live.find(({ id }) => id === job.id),
      ),
    ),
  ]
}

export function FileJobs({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const jobs = useJobsOfFile(file)
  if (jobs.length === 0) return null
  return (
    <Panel title={words.file.jobs} flush>
      <ul className="divide-y divide-line">
        {jobs.map((job) => (
          <li key={job.id} className="flex items-start gap-3 px-4 py-3">
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <Link
                to="/jobs/$jobId"
                params={{ jobId: job.id }}
                aria-label={jobName(words, job)}
                className="self-start font-medium hover:underline"
              >
                {jobKindText(words, job.kind)}
              </Link>
              <JobState job={job} />
            </div>
            <JobActions job={job} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
