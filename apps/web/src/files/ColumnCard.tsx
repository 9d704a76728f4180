import type { DatasetColumn } from '@bellhop/model'
import { Braces, CalendarClock, Hash, type LucideIcon, ToggleLeft, Type } from 'lucide-react'
import { Histogram } from '../ui/Histogram.tsx'
import { useWords } from '../words/use-words.ts'
import { TopValues } from './TopValues.tsx'

const ICONS: Readonly<Record<DatasetColumn['category'], LucideIcon>> = {
  number: Hash,
  text: Type,
  boolean: ToggleLeft,
  time: CalendarClock,
  nested: Braces,
}

interface ColumnCardProps {
  readonly column: DatasetColumn
  readonly rowCount: number
}

export function ColumnCard({ column, rowCount }: ColumnCardProps) {
  const words = useWords()
  const { file, format } = words
  const Icon = ICONS[column.category]
  const { histogram, topValues, min, max, quantiles } = column
  const drawn = (histogram ?? []).length > 0 || (topValues ?? []).length > 0
  return (
    <li className="flex min-w-0 flex-col gap-2.5 rounded-xl border border-line bg-surface p-3.5 shadow-card">
      <div className="flex items-center gap-2">
        <Icon role="img" aria-label={file.categories[column.category]} size={15} className="shrink-0 text-faint" />
        <h3 title={column.name} className="min-w-0 flex-1 truncate font-medium">
          {column.name}
        </h3>
        <span title={column.type} className="max-w-24 truncate font-mono text-xs text-faint">
          {column.type}
        </span>
      </div>
      <div className="flex min-h-20 flex-col gap-1.5">
        {histogram !== null && histogram.length > 0 && (
          <Histogram
            bins={histogram.map(({ from, to, count }) => ({ value: count, title: file.binCount(from, to, count) }))}
            label={file.histogramOf(column.name, histogram.length, min ?? '', max ?? '')}
          />
        )}
        {histogram !== null && min !== null && max !== null && (
          <p className="figures flex justify-between gap-3 text-xs text-muted">
            <span className="truncate">{min}</span>
            <span className="truncate">{max}</span>
          </p>
        )}
        {topValues !== null && topValues.length > 0 && (
          <TopValues column={column.name} values={topValues} rowCount={rowCount} />
        )}
        {!drawn && (
          <p className="my-auto text-center text-sm text-faint">
            {column.nullCount >= rowCount ? file.allEmpty : file.noChart}
          </p>
        )}
      </div>
      <p className="figures mt-auto flex flex-wrap gap-x-3 gap-y-0.5 border-t border-line pt-2 text-xs text-faint">
        <Nulls count={column.nullCount} of={rowCount} />
        <span>{file.distinct(column.distinctCount)}</span>
        {quantiles !== null && <span>{file.median(format.number(quantiles.p50))}</span>}
      </p>
    </li>
  )
}

function Nulls({ count, of }: { readonly count: number; readonly of: number }) {
  const { file, format } = useWords()
  if (count === 0) return <span>{file.noNulls}</span>
  const share = of > 0 ? count / of : 0
  return (
    <span title={format.count(count)} className={share > 0.5 ? 'text-warn' : ''}>
      {share < 0.01 ? file.someNulls(count) : file.nulls(share)}
    </span>
  )
}
