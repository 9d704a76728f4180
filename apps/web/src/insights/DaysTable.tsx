import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'
import type { Measure } from './insights-search.ts'
import { type DayTotals, typesOf } from './stacked-days.ts'

const HEAD = 'sticky top-0 border-b border-line bg-surface px-3 py-2 text-xs font-medium text-faint'
const CELL = 'px-3 py-1.5'

interface DaysTableProps {
  readonly days: readonly DayTotals[]
  readonly measure: Measure
}

/** The figures of the chart, the newest day first; days without any are left out. */
export function DaysTable({ days, measure }: DaysTableProps) {
  const words = useWords()
  const say = (value: number) => (measure === 'files' ? words.format.count(value) : words.format.bytes(value))
  const types = typesOf(days)
  return (
    <ScrollArea label={words.insights.uploadsByDay} className="max-h-96">
      <table className="figures w-full text-sm">
        <caption className="sr-only">{words.insights.uploadsByDay}</caption>
        <thead>
          <tr>
            <th className={`${HEAD} text-left`}>{words.insights.day}</th>
            {types.map((type) => (
              <th key={type} className={`${HEAD} text-right`}>
                {words.fileTypes[type]}
              </th>
            ))}
            <th className={`${HEAD} text-right`}>{words.insights.total}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {days
            .filter((day) => day.total > 0)
            .toReversed()
            .map((day) => (
              <tr key={day.day}>
                <th scope="row" className={`${CELL} text-left font-medium whitespace-nowrap`}>
                  {words.format.day(day.day)}
                </th>
                {types.map((type) => (
                  <td key={type} className={`${CELL} text-right whitespace-nowrap text-muted`}>
                    {say(day.byType[type])}
                  </td>
                ))}
                <td className={`${CELL} text-right font-medium whitespace-nowrap`}>{say(day.total)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
