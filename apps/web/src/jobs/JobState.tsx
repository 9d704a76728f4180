import type { JobSnapshot } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { useNow } from '../ui/now.ts'
import { Progress } from '../ui/Progress.tsx'
import { useWords } from '../words/use-words.ts'
import { JOB_STATE_LOOKS } from './job-state-look.ts'
import { jobEtaText, jobName, jobStateText } from './job-words.ts'

/** One job's state as it changes: icon, words, and a bar with the time that is left while it runs. */
export function JobState({ job }: { readonly job: JobSnapshot }) {
  const words = useWords()
  const now = useNow()
  const { icon: Icon, ink, bar } = JOB_STATE_LOOKS[job.status]
  const text = jobStateText(words, job, now)
  const eta = jobEtaText(words, job, now)
  const running = job.status === 'PROCESSING'
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className={`figures flex min-w-0 items-center gap-1.5 text-sm font-medium ${ink}`}>
        <Icon aria-hidden size={15} strokeWidth={2.2} className={`shrink-0 ${running ? 'animate-spin' : ''}`} />
        {job.status === 'COMPLETED' && job.fileId !== null ? (
          <Link
            to="/files/$fileId"
            params={{ fileId: job.fileId }}
            className="underline decoration-current/30 underline-offset-3 hover:decoration-current"
          >
            {text}
          </Link>
        ) : (
          <span className="shrink-0">{text}</span>
        )}
        {running && job.stage !== null && (
          <span className="min-w-0 truncate font-normal text-muted">{words.jobStage(job.stage)}</span>
        )}
        {eta !== null && <span className="ml-auto shrink-0 pl-3 font-normal text-muted">{eta}</span>}
      </div>
      {running && (
        <Progress
          label={words.jobs.progressOf(jobName(words, job))}
          fraction={job.progress}
          valueText={eta === null ? text : `${text}, ${eta}`}
          tone={bar}
        />
      )}
      {job.status === 'FAILED' && job.error !== null && (
        <p className="text-sm text-muted wrap-anywhere">{words.jobErrors[job.error.code] ?? job.error.sentence}</p>
      )}
    </div>
  )
}
