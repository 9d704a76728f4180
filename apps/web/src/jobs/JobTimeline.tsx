import type { JobAttempt } from '@bellhop/model'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { AttemptBars } from './AttemptBars.tsx'
import { JOB_STATE_LOOKS } from './job-state-look.ts'

/** Each try, the newest first: how it ended, what took how long, where, and what it used. */
export function JobTimeline({ attempts }: { readonly attempts: readonly JobAttempt[] }) {
  const { jobs } = useWords()
  return (
    <Panel title={jobs.history} flush>
      <ol aria-label={jobs.history} className="divide-y divide-line">
        {attempts.toReversed().map((attempt) => (
          <Attempt key={attempt.attempt} attempt={attempt} only={attempts.length === 1} />
        ))}
      </ol>
    </Panel>
  )
}

function Attempt({ attempt, only }: { readonly attempt: JobAttempt; readonly only: boolean }) {
  const words = useWords()
  const now = useNow()
  const { jobs, format } = words
  const status = attempt.outcome ?? (attempt.startedAt === null ? 'PENDING' : 'PROCESSING')
  const { icon: Icon, ink } = JOB_STATE_LOOKS[status]
  const state = words.jobStatusShort[status]
  const { cpuSeconds, readBytes, wroteBytes } = attempt
  const used = [
    cpuSeconds === null ? null : jobs.usedCpu(cpuSeconds * 1000),
    readBytes === null || readBytes === 0 ? null : jobs.usedRead(readBytes),
    wroteBytes === null || wroteBytes === 0 ? null : jobs.usedWrote(wroteBytes),
  ].filter((each) => each !== null)
  return (
    <li className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <span className={`inline-flex items-center gap-1.5 font-medium ${ink}`}>
          <Icon aria-hidden size={16} strokeWidth={2.2} className="shrink-0 self-center" />
          {only ? state : jobs.attemptState(attempt.attempt, state)}
        </span>
        <time dateTime={attempt.queuedAt} className="figures text-xs text-faint">
          {format.dateTime(attempt.queuedAt)}
        </time>
      </div>
      {attempt.reason !== null && <p className="text-sm text-muted wrap-anywhere">{attempt.reason}</p>}
      <AttemptBars attempt={attempt} now={now} />
      {(used.length > 0 || attempt.workerId !== null) && (
        <p className="figures flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-faint">
          {used.map((each) => (
            <span key={each}>{each}</span>
          ))}
          {attempt.workerId !== null && <span className="wrap-anywhere">{jobs.onWorker(attempt.workerId)}</span>}
        </p>
      )}
    </li>
  )
}
