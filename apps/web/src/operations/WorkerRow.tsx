import type { RunningJob, WorkerReport } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { Cpu, HeartPulse } from 'lucide-react'
import { jobKindText } from '../jobs/job-words.ts'
import { Chip } from '../ui/Chip.tsx'
import { Progress } from '../ui/Progress.tsx'
import { useWords } from '../words/use-words.ts'

/** Beats come every 5 s, and after 15 s without one the others take over. */
const LATE_BEAT_MS = 10_000

interface WorkerRowProps {
  readonly worker: WorkerReport
  readonly now: number
}

/** One worker: where it runs, how full it is, and what it is doing. */
export function WorkerRow({ worker, now }: WorkerRowProps) {
  const words = useWords()
  const { operations } = words
  const busy = worker.running.length + worker.runningElsewhere
  const beatAgoMs = Math.max(0, now - Date.parse(worker.beatAt))
  return (
    <li className="grid gap-x-6 gap-y-3 px-4 py-3.5 md:grid-cols-[minmax(0,16rem)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="flex min-w-0 items-center gap-2 font-medium">
          <Cpu aria-hidden size={16} className="shrink-0 text-faint" />
          <span className="truncate" title={worker.id}>
            {operations.workerName(worker.host, worker.pid)}
          </span>
        </p>
        <p className="figures flex flex-wrap items-center gap-1.5">
          <Chip tone={busy > 0 ? 'accent' : 'neutral'}>{operations.slotsOf(busy, worker.slots)}</Chip>
          {beatAgoMs > LATE_BEAT_MS && (
            <Chip tone="warn" icon={HeartPulse}>
              {operations.silent(beatAgoMs)}
            </Chip>
          )}
        </p>
        <p className="text-xs text-faint">{worker.kinds.map((kind) => jobKindText(words, kind)).join(' · ')}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-3 md:pt-0.5">
        {worker.running.length > 0 && (
          <ul
            aria-label={operations.runs(operations.workerName(worker.host, worker.pid))}
            className="flex flex-col gap-3"
          >
            {worker.running.map((job) => (
              <Running key={job.jobId} job={job} now={now} />
            ))}
          </ul>
        )}
        {worker.runningElsewhere > 0 && (
          <p className="text-sm text-muted">{operations.elsewhere(worker.runningElsewhere)}</p>
        )}
        {busy === 0 && <p className="text-sm text-muted">{operations.idle}</p>}
      </div>
    </li>
  )
}

function Running({ job, now }: { readonly job: RunningJob; readonly now: number }) {
  const words = useWords()
  const name = words.jobs.what(jobKindText(words, job.kind), job.fileName)
  const percent = words.format.percent(job.progress)
  return (
    <li className="flex min-w-0 flex-col gap-1.5">
      <p className="figures flex min-w-0 items-baseline gap-3 text-sm">
        <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className="min-w-0 truncate font-medium hover:underline">
          {name}
        </Link>
        <span className="ml-auto shrink-0 text-muted">
          {job.cancelling ? words.jobs.stopping : percent}
          {' · '}
          {words.format.duration(Math.max(0, now - Date.parse(job.startedAt)))}
        </span>
      </p>
      <Progress label={words.jobs.progressOf(name)} fraction={job.progress} valueText={percent} />
    </li>
  )
}
