import type { DatasetColumn } from '@bellhop/model'
import { TOP_VALUES } from './bounds.ts'
import { cellText } from './cell.ts'
import { cut, cutSql } from './cut-text.ts'
import type { Engine } from './engine.ts'
import { identifier } from './sql.ts'

/** Exact: the whole column is counted, spilling to disk where its values are many. */
export async function topValues(
  engine: Engine,
  columnName: string,
  relation: string,
  cellChars: number,
): Promise<NonNullable<DatasetColumn['topValues']>> {
  const column = identifier(columnName)
  const rows = await engine.rows(
    `select ${cutSql('value', cellChars)}, n from (select ${column} as value, count(*) as n from ${relation} ` +
      `where ${column} is not null group by value order by n desc, value limit ${TOP_VALUES}) order by n desc, value`,
  )
  return rows.map(([value, count]) => ({ value: cut(cellText(value), cellChars), count: Number(count) }))
}
