import type { JobOutput } from '@bellhop/model'
import { memo } from 'react'
import { Panel } from '../ui/Panel.tsx'
import { ScrollArea } from '../ui/ScrollArea.tsx'
import { useWords } from '../words/use-words.ts'

interface PreviewTableProps {
  readonly output: JobOutput<'dataset.profile'>
}

/** The first rows as they stand in the file: NULL dim, numbers to the right. It scrolls inside. */
export const PreviewTable = memo(function PreviewTable({ output }: PreviewTableProps) {
  const words = useWords()
  const { columns, preview, rowCount } = output
  return (
    <Panel
      title={words.file.previewTable}
      aside={<span className="figures text-sm text-muted">{words.file.firstRows(preview.length, rowCount)}</span>}
      flush
    >
      <ScrollArea label={words.file.previewTable} className="max-h-120">
        <table className="figures min-w-full border-separate border-spacing-0 font-mono text-xs">
          <thead>
            <tr>
              <th scope="col" className="sticky top-0 left-0 z-20 border-r border-b border-line bg-sunken px-3 py-2">
                <span className="sr-only">{words.file.rowNumber}</span>
              </th>
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  className={`sticky top-0 z-10 max-w-72 truncate border-b border-line bg-sunken px-3 py-2 font-semibold ${column.category === 'number' ? 'text-right' : 'text-left'}`}
                >
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- rows have no name but their place
              <tr key={index} className="group">
                <th
                  scope="row"
                  className="sticky left-0 z-10 border-r border-line bg-sunken px-3 py-1.5 text-right font-normal whitespace-nowrap text-faint"
                >
                  {words.format.count(index + 1)}
                </th>
                {columns.map((column, at) => (
                  <Cell key={column.name} value={row[at] ?? null} right={column.category === 'number'} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </Panel>
  )
})

function Cell({ value, right }: { readonly value: string | null; readonly right: boolean }) {
  const words = useWords()
  return (
    <td
      title={value ?? undefined}
      className={`max-w-72 truncate border-b border-line/60 px-3 py-1.5 whitespace-pre group-hover:bg-hover ${right ? 'text-right' : ''} ${value === null ? 'text-faint' : ''}`}
    >
      {value ?? words.file.null}
    </td>
  )
}
