import type { UsageRow } from '@bellhop/model'
import { jobKindText } from '../jobs/job-words.ts'
import { CELL, HEAD } from '../operations/table-look.ts'
import { trpc } from '../trpc.ts'
import { FreshnessChip } from '../ui/FreshnessChip.tsx'
import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'
import { type WorkUsage, usageByWork } from './usage-by-work.ts'

const UPLOAD = 'upload'

/** What the workspace had done for it, a row a kind of work. Counted once a day, and it says so. */
export function UsagePanel({ days }: { readonly days: number }) {
  const words = useWords()
  const { usage } = words.insights
  const { data } = trpc.insights.usage.useQuery({ days })
  if (data === undefined) return null
  const { freshness } = data
  return (
    <Panel
      title={usage.title}
      flush
      aside={
        <FreshnessChip
          stale={false}
          text={freshness.stale ? usage.asOf(words.format.dateTime(freshness.asOf)) : words.freshness.fresh}
          help={usage.help}
        />
      }
    >
      {data.rows.length === 0 ? (
        <p className="px-4 py-3 text-muted text-pretty">{usage.empty}</p>
      ) : (
        <UsageTable rows={data.rows} />
      )}
    </Panel>
  )
}

function UsageTable({ rows }: { readonly rows: readonly UsageRow[] }) {
  const words = useWords()
  const { usage } = words.insights
  const name = ({ work }: WorkUsage) => (work === UPLOAD ? usage.uploads : jobKindText(words, work))
  return (
    <ScrollArea label={usage.title} className="max-h-96">
      <table className="figures w-full text-sm">
        <caption className="sr-only">{usage.title}</caption>
        <thead>
          <tr>
            <th className={`${HEAD} text-left`}>{usage.work}</th>
            <th className={`${HEAD} text-right`}>{usage.units}</th>
            <th className={`${HEAD} text-right`}>{usage.failed}</th>
            <th className={`${HEAD} text-right`}>{usage.bytes}</th>
            <th className={`${HEAD} text-right`}>{usage.cpu}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {usageByWork(rows).map((each) => (
            <tr key={each.work}>
              <th scope="row" className={`${CELL} text-left font-medium whitespace-nowrap`}>
                {name(each)}
              </th>
              <td className={`${CELL} text-right`}>{words.format.count(each.units)}</td>
              <td className={`${CELL} text-right ${each.failed > 0 ? 'text-bad' : 'text-muted'}`}>
                {words.format.count(each.failed)}
              </td>
              <td className={`${CELL} text-right whitespace-nowrap text-muted`}>{words.format.bytes(each.bytes)}</td>
              <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
                {each.work === UPLOAD ? words.operations.none : words.format.precise(each.cpuSeconds * 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
