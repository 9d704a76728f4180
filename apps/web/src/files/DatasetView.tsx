import type { FileDetail } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { ColumnCard } from './ColumnCard.tsx'
import { DatasetFacts } from './DatasetFacts.tsx'
import { DatasetNotes } from './DatasetNotes.tsx'
import { PreviewTable } from './PreviewTable.tsx'
import { ResultPending } from './ResultPending.tsx'
import { useJobOutput } from './use-job-output.ts'

/** What a table holds: how it was read, its columns, its first rows. */
export function DatasetView({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const output = useJobOutput(file, 'dataset.profile')
  if (output === null) {
    return (
      <Panel title={words.file.columnsTitle} flush>
        <ResultPending file={file} kind="dataset.profile" />
      </Panel>
    )
  }
  return (
    <>
      <DatasetFacts file={file} output={output} />
      {output.notes.length > 0 && <DatasetNotes output={output} />}
      <section aria-label={words.file.columnsTitle} className="flex flex-col gap-3">
        <h2 className="flex items-baseline gap-2 font-semibold">
          {words.file.columnsTitle}
          <span className="figures text-sm font-normal text-faint">{words.format.count(output.columnCount)}</span>
        </h2>
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(15rem,100%),1fr))] gap-3">
          {output.columns.map((column) => (
            <ColumnCard key={column.name} column={column} rowCount={output.rowCount} />
          ))}
        </ul>
      </section>
      {output.preview.length > 0 && <PreviewTable output={output} />}
    </>
  )
}
