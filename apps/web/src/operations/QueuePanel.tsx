import type { KindQueue } from '@bellhop/model'
import { jobKindText } from '../jobs/job-words.ts'
import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'
import { CELL, HEAD } from './table-look.ts'

/** What waits and runs, a row a kind. */
export function QueuePanel({ queue }: { readonly queue: readonly KindQueue[] }) {
  const words = useWords()
  const { operations, format } = words
  const { queueColumns: columns } = operations
  if (queue.length === 0) {
    return (
      <Panel title={operations.queue}>
        <p className="text-muted">{operations.queueEmpty}</p>
      </Panel>
    )
  }
  return (
    <Panel title={operations.queue} flush>
      <ScrollArea label={operations.queue} className="max-h-96">
        <table className="figures w-full text-sm">
          <caption className="sr-only">{operations.queue}</caption>
          <thead>
            <tr>
              <th className={`${HEAD} text-left`}>{columns.kind}</th>
              <th className={`${HEAD} text-right`}>{columns.waiting}</th>
              <th className={`${HEAD} text-right`}>{columns.oldest}</th>
              <th className={`${HEAD} text-right`}>{columns.running}</th>
              <th className={`${HEAD} text-right`}>{columns.later}</th>
              <th className={`${HEAD} text-right`}>{columns.each}</th>
              <th className={`${HEAD} text-right`}>{columns.work}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {queue.map((kind) => (
              <tr key={kind.kind}>
                <th scope="row" className={`${CELL} text-left font-medium whitespace-nowrap`}>
                  {jobKindText(words, kind.kind)}
                </th>
                <td className={`${CELL} text-right font-medium`}>{format.count(kind.waiting)}</td>
                <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
                  {kind.oldestWaitMs === null ? operations.none : format.precise(kind.oldestWaitMs)}
                </td>
                <td className={`${CELL} text-right`}>{format.count(kind.running)}</td>
                <td className={`${CELL} text-right text-muted`}>{format.count(kind.later)}</td>
                <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
                  {kind.expectedRunMs === null ? operations.notKnown : format.precise(kind.expectedRunMs)}
                </td>
                <td className={`${CELL} text-right whitespace-nowrap`}>
                  {kind.waiting === 0 ? operations.none : format.precise(kind.workWaitingMs)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </Panel>
  )
}
