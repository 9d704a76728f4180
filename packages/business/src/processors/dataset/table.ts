import type { JobOutput } from '@bellhop/model'

export type DatasetNote = JobOutput<'dataset.profile'>['notes'][number]
type DatasetFormat = JobOutput<'dataset.profile'>['format']

export interface TableColumn {
  readonly name: string
  /** As DuckDB names it. */
  readonly type: string
}

/** A dataset that was read to its end, as Parquet. */
export interface Table {
  readonly parquetPath: string
  readonly rowCount: number
  readonly columns: readonly TableColumn[]
  readonly format: DatasetFormat
  readonly delimiter: string | null
  readonly hasHeader: boolean | null
  readonly notes: readonly DatasetNote[]
}
