import type { DatasetColumn } from '@bellhop/model'
import { COLUMNS_PER_SCAN } from './bounds.ts'
import type { Engine } from './engine.ts'
import { histogram } from './histogram.ts'
import { cellChars } from './preview.ts'
import { scanStatistics } from './statistics.ts'
import type { Table } from './table.ts'
import { topValues } from './top-values.ts'

/** Two scans of each column: one for the statistics of many at once, one for its histogram or its top values. */
export async function profileColumns(
  engine: Engine,
  table: Table,
  relation: string,
  onColumn: (done: number) => void,
): Promise<DatasetColumn[]> {
  const scan = { relation, rowCount: table.rowCount, cellChars: cellChars(table.columns.length) }
  const profiled: DatasetColumn[] = []
  for (let start = 0; start < table.columns.length; start += COLUMNS_PER_SCAN) {
    const batch = table.columns.slice(start, start + COLUMNS_PER_SCAN)
    for (const statistics of await scanStatistics(engine, batch, scan)) {
      const { category } = statistics.facts
      const counted = statistics.valueCount > 0 && (category === 'text' || category === 'boolean')
      const top = counted ? await topValues(engine, statistics.column.name, relation, scan.cellChars) : null
      const topCount = top?.reduce((sum, { count }) => sum + count, 0)
      profiled.push({
        ...statistics.facts,
        // Where the top values are all there are, they are counted, and the estimate is not needed.
        distinctCount: top && topCount === statistics.valueCount ? top.length : statistics.facts.distinctCount,
        histogram: await histogram(engine, statistics, relation),
        topValues: top,
      })
      onColumn(profiled.length)
    }
  }
  return profiled
}
