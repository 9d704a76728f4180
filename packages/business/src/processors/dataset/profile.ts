import type { JobOutput } from '@bellhop/model'
import type { ChildReport } from '../child/message.ts'
import { readError } from './dataset-error.ts'
import { openEngine } from './engine.ts'
import { preview } from './preview.ts'
import { profileColumns } from './profile-columns.ts'
import { readTable } from './read-table.ts'
import type { DatasetSource } from './read-table.ts'
import { literal } from './sql.ts'
import type { DatasetNote } from './table.ts'

export type Profile = Omit<JobOutput<'dataset.profile'>, 'files'> & { readonly parquetPath: string }

/** Reads a dataset once, straight to Parquet, and makes its statistics from that. Runs in a child process of its own. */
export async function profileDataset(
  source: DatasetSource,
  { advance }: Pick<ChildReport, 'advance'>,
): Promise<Profile> {
  const engine = await openEngine(source.dir)
  const { table, encoding, notes } = await readTable(engine, source, advance)
  const relation = `read_parquet(${literal(table.parquetPath)})`
  const total = table.columns.length
  const onColumn = (done: number) => advance('profiling', done, total)
  onColumn(0)
  try {
    const shown = await preview(engine, table, relation)
    const columns = await profileColumns(engine, table, relation, onColumn)
    const empty: DatasetNote[] =
      table.rowCount === 0 ? [{ code: 'EMPTY_TABLE', sentence: 'The table has columns but no rows.' }] : []
    const { columns: _, ...facts } = table
    return {
      ...facts,
      encoding,
      columnCount: total,
      columns,
      preview: shown.rows,
      notes: [...notes, ...table.notes, ...empty, ...shown.notes],
    }
  } catch (error) {
    // What we wrote ourselves is sound; a Parquet file of someone else's shows its damage only now.
    throw table.format === 'parquet' ? readError(error, true) : error
  }
}
