import type { JobAttempt } from '@bellhop/model'
import { useWords } from '../words/use-words.ts'
import type { Words } from '../words/en.ts'
import { attemptSpans, type AttemptSpan } from './attempt-spans.ts'

/** What is shorter still has to be seen. */
const BAR_MIN = '3px'

/** The time of an attempt as bars, one under the other, each where it lies in the whole. */
export function AttemptBars({ attempt, now }: { readonly attempt: JobAttempt; readonly now: number }) {
  const words = useWords()
  const spans = attemptSpans(attempt, now)
  return (
    <dl className="figures grid grid-cols-[minmax(0,auto)_1fr_auto] items-center gap-x-3 gap-y-1.5 text-sm">
      {spans.map((span) => (
        <div
          key={`${span.what} ${span.name ?? ''} ${span.from}`}
          className="col-span-3 grid grid-cols-subgrid items-center"
        >
          <dt className={`truncate ${span.what === 'waited' ? 'text-faint' : 'text-muted'}`}>{nameOf(words, span)}</dt>
          <dd aria-hidden className="relative h-2 overflow-hidden rounded-full bg-sunken">
            <span
              className={`absolute inset-y-0 rounded-full ${look(span)}`}
              style={{
                left: `min(${span.from * 100}%, 100% - ${BAR_MIN})`,
                width: `max(${(span.to - span.from) * 100}%, ${BAR_MIN})`,
              }}
            />
          </dd>
          <dd className="min-w-14 text-right text-muted">{words.format.precise(span.ms)}</dd>
        </div>
      ))}
    </dl>
  )
}

function nameOf(words: Words, { what, name }: AttemptSpan): string {
  if (name !== null) return words.jobStage(name)
  return what === 'waited' ? words.jobs.waited : words.jobs.ran
}

function look({ what, goesOn }: AttemptSpan): string {
  if (what === 'waited') return 'bg-line-strong'
  return goesOn ? 'stripes' : 'bg-accent'
}
