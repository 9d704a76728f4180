import type { FileDetail, JobOutput } from '@bellhop/model'
import type { ReactNode } from 'react'
import { useWords } from '../words/use-words.ts'
import { DownloadButton } from './DownloadButton.tsx'

interface DatasetFactsProps {
  readonly file: FileDetail
  readonly output: JobOutput<'dataset.profile'>
}

/** The line of figures over a dataset, and its Parquet copy. */
export function DatasetFacts({ file, output }: DatasetFactsProps) {
  const words = useWords()
  const { facts } = words.file
  const parquet = output.files.find((each) => each.role === 'parquet')
  return (
    <div className="flex flex-wrap items-center gap-x-10 gap-y-4 rounded-xl border border-line bg-surface px-5 py-4 shadow-card">
      <dl className="flex flex-wrap gap-x-10 gap-y-4">
        <Figure name={facts.rows}>{words.format.count(output.rowCount)}</Figure>
        <Figure name={facts.columns}>{words.format.count(output.columnCount)}</Figure>
        <Figure name={facts.format}>{output.format.toUpperCase()}</Figure>
        {output.encoding !== null && <Figure name={facts.encoding}>{encodingName(output.encoding)}</Figure>}
        <Figure name={facts.size}>{words.format.bytes(file.sizeBytes)}</Figure>
      </dl>
      {parquet !== undefined && (
        <span className="sm:ml-auto">
          <DownloadButton id={parquet.id}>
            {words.file.parquet}
            <span className="figures font-normal text-faint">{words.format.bytes(parquet.sizeBytes)}</span>
          </DownloadButton>
        </span>
      )}
    </div>
  )
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="figures text-lg font-semibold">{children}</dd>
    </div>
  )
}

/** As people call it: what decoders name EUC-KR is, in files from Korean Excel, its superset CP949. */
export function encodingName(encoding: string): string {
  return encoding === 'euc-kr' ? 'CP949' : encoding.toUpperCase()
}
