import type { Engine } from './engine.ts'
import { identifier } from './sql.ts'
import type { TableColumn } from './table.ts'

/**
 * Types that hold every value of a text column without loss, the narrowest first. Casts alone do not tell: DuckDB casts `1.5`
 * to BIGINT by rounding, `007` by dropping zeros, and long numbers to DOUBLE by dropping digits.
 */
const TYPES: readonly { readonly type: string; readonly holds: (column: string) => string }[] = [
  {
    type: 'BIGINT',
    holds: (c) => `regexp_full_match(${c}, '-?(0|[1-9]\\d*)') and try_cast(${c} as bigint) is not null`,
  },
  {
    type: 'DOUBLE',
    holds: (c) =>
      `regexp_full_match(${c}, '[-+]?(0|[1-9]\\d*)?(\\.\\d+)?([eE][-+]?\\d+)?') ` +
      `and not regexp_full_match(${c}, '[-+]?\\d{16,}') and try_cast(${c} as double) is not null`,
  },
  { type: 'BOOLEAN', holds: (c) => `lower(${c}) in ('true', 'false')` },
  { type: 'DATE', holds: (c) => `length(${c}) <= 10 and try_cast(${c} as date) is not null` },
  { type: 'TIMESTAMP', holds: (c) => `length(${c}) > 10 and try_cast(${c} as timestamp) is not null` },
]

/** The columns of `relation`, all of them text, with the types that their values have. One scan. */
export async function inferTypes(engine: Engine, relation: string, names: readonly string[]): Promise<TableColumn[]> {
  const sums = names.flatMap((name) => {
    const column = identifier(name)
    return [`count(${column})`, ...TYPES.map(({ holds }) => `count(*) filter (where ${holds(column)})`)]
  })
  const [row = []] = await engine.rows(`select ${sums.join(', ')} from ${relation}`)
  const counts = row.map(Number)
  return names.map((name, index) => {
    const [values = 0, ...held] = counts.slice(index * (TYPES.length + 1), (index + 1) * (TYPES.length + 1))
    const fitting = values === 0 ? undefined : TYPES.find((_, at) => held[at] === values)
    return { name, type: fitting?.type ?? 'VARCHAR' }
  })
}
