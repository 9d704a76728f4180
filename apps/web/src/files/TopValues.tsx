import { useWords } from '../words/use-words.ts'

const SHOWN = 4

interface TopValuesProps {
  readonly column: string
  readonly values: readonly { readonly value: string; readonly count: number }[]
  readonly rowCount: number
}

/** The most frequent values, each on a bar of its share. */
export function TopValues({ column, values, rowCount }: TopValuesProps) {
  const { file, format } = useWords()
  return (
    <ol aria-label={file.topValuesOf(column)} className="figures flex flex-col gap-1 text-xs">
      {values.slice(0, SHOWN).map(({ value, count }) => (
        <li key={value} className="relative flex justify-between gap-3 overflow-hidden rounded px-1.5 py-0.5">
          <span
            aria-hidden
            className="absolute inset-y-0 left-0 rounded bg-accent-soft"
            style={{ width: `${rowCount > 0 ? Math.max(2, (count / rowCount) * 100) : 0}%` }}
          />
          <span title={value} className={`relative truncate ${value === '' ? 'text-faint' : ''}`}>
            {value === '' ? file.emptyText : value}
          </span>
          <span className="relative shrink-0 text-muted">{format.count(count)}</span>
        </li>
      ))}
    </ol>
  )
}
