import { useState } from 'react'
import { HEAD } from '../operations/table-look.ts'
import { trpc } from '../trpc.ts'
import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { ViewRow } from './ViewRow.tsx'

const ASK_EVERY_MS = 2_000

/** What is kept ready for reading: how far behind, how it goes, and what an owner can do about it. */
export function ViewsPanel() {
  const words = useWords()
  const { views } = words.operations
  const { columns } = views
  const { data } = trpc.views.status.useQuery(undefined, { staleTime: 0, refetchInterval: ASK_EVERY_MS })
  const [failure, setFailure] = useState<unknown>(null)
  if (data === undefined) return null
  return (
    <Panel title={views.title} flush>
      <p className="px-4 pt-3 pb-2 text-sm text-muted text-pretty">{views.help}</p>
      {failure !== null && (
        <p role="alert" className="mx-4 mb-2 rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {errorSentence(words, failure)}
        </p>
      )}
      <ScrollArea label={views.title} className="border-t border-line">
        <table className="figures w-full text-sm">
          <caption className="sr-only">{views.title}</caption>
          <thead>
            <tr>
              <th className={`${HEAD} text-left`}>{columns.name}</th>
              <th className={`${HEAD} text-left`}>{columns.state}</th>
              <th className={`${HEAD} text-right`}>{columns.behind}</th>
              <th className={`${HEAD} text-right`}>{columns.rows}</th>
              <th className={`${HEAD} text-right`}>{columns.applied}</th>
              <th className={`${HEAD} text-right`}>{columns.took}</th>
              <th className={`${HEAD} text-right`}>{columns.service}</th>
              <th className={`${HEAD} text-right`}>{columns.drift}</th>
              <th className={HEAD}>
                <span className="sr-only">{words.common.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {data.map((view) => (
              <ViewRow key={view.name} view={view} onFailure={setFailure} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </Panel>
  )
}
