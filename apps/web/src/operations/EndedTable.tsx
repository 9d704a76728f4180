import { ENDED_SPANS } from '@bellhop/model'
import type { EndedCounts, EndedSpan, KindEnded, Percentiles } from '@bellhop/model'
import { jobKindText } from '../jobs/job-words.ts'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'
import type { Words } from '../words/en.ts'
import { CELL, HEAD } from './table-look.ts'

const SPANS = Object.keys(ENDED_SPANS) as EndedSpan[]

/** How many ended and how many of them failed, by kind, and how long they waited and ran. */
export function EndedTable({ ended }: { readonly ended: readonly KindEnded[] }) {
  const words = useWords()
  const { operations } = words
  return (
    <ScrollArea label={operations.ended} className="max-h-96 border-t border-line">
      <table className="figures w-full text-sm">
        <caption className="sr-only">{operations.ended}</caption>
        <thead>
          <tr>
            <th className={`${HEAD} text-left`}>{operations.queueColumns.kind}</th>
            {SPANS.map((span) => (
              <th key={span} className={`${HEAD} text-right`}>
                {operations.spans[span]}
              </th>
            ))}
            <th className={`${HEAD} text-right`}>{operations.waited}</th>
            <th className={`${HEAD} text-right`}>{operations.ran}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {ended.map((kind) => (
            <tr key={kind.kind}>
              <th scope="row" className={`${CELL} text-left font-medium whitespace-nowrap`}>
                {jobKindText(words, kind.kind)}
              </th>
              {SPANS.map((span) => (
                <td key={span} className={`${CELL} text-right align-top`}>
                  <Ended counts={kind.ended[span]} />
                </td>
              ))}
              <td className={`${CELL} text-right whitespace-nowrap text-muted`}>{timesText(words, kind.waitMs)}</td>
              <td className={`${CELL} text-right whitespace-nowrap text-muted`}>{timesText(words, kind.runMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Ended({ counts }: { readonly counts: EndedCounts }) {
  const { operations, format } = useWords()
  const tried = counts.COMPLETED + counts.FAILED
  return (
    <span className="flex flex-col">
      <span>{format.count(tried + counts.CANCELLED)}</span>
      {counts.FAILED > 0 && (
        <span className="text-xs whitespace-nowrap text-bad">{operations.failed(counts.FAILED / tried)}</span>
      )}
    </span>
  )
}

function timesText({ operations }: Words, times: Percentiles | null): string {
  return times === null ? operations.none : operations.times(times.p50, times.p90)
}
