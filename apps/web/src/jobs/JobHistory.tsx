import type { JobTransition } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { JOB_STATE_LOOKS } from './job-state-look.ts'

/** Each state that the job has been in, in order, with how long after the one before. */
export function JobHistory({ history }: { readonly history: readonly JobTransition[] }) {
  const words = useWords()
  return (
    <Panel title={words.jobs.history}>
      <ol className="flex flex-col">
        {history.map((step, index) => {
          const { icon: Icon, ink } = JOB_STATE_LOOKS[step.status]
          const before = history[index - 1]
          const afterMs = before === undefined ? null : Date.parse(step.at) - Date.parse(before.at)
          return (
            <li key={`${step.status} ${step.at}`} className="group relative flex gap-3 pb-4 last:pb-0">
              <span
                aria-hidden
                className="absolute top-5 bottom-0.5 left-[7.5px] w-px bg-line-strong group-last:hidden"
              />
              <Icon aria-hidden size={16} strokeWidth={2.2} className={`mt-0.5 shrink-0 ${ink}`} />
              <span className="flex min-w-0 flex-1 flex-col">
                <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                  <span className="font-medium">{words.jobStatusShort[step.status]}</span>
                  <time dateTime={step.at} className="figures text-xs text-faint">
                    {words.format.dateTime(step.at)}
                    {afterMs !== null && afterMs >= 1000 && ` (+${words.format.duration(afterMs)})`}
                  </time>
                </span>
                {step.reason !== null && <span className="text-sm text-muted wrap-anywhere">{step.reason}</span>}
              </span>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
