import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outline, profile, query } from './datasets.ts'

const SALES = `id,city,price,sold,at
1,Seoul,1.5,true,2024-01-01
2,Busan,2.5,false,2024-01-02
3,Seoul,,true,2024-01-03
4,,4.5,true,2024-01-04
`

test('a CSV gets exact statistics of each column, a preview and a Parquet copy', async () => {
  const { output, parquetRows, stages } = await profile('sales.csv', SALES)
  const nothing = { mean: null, stddev: null, quantiles: null, histogram: null, topValues: null }
  const id: unknown = expect.stringMatching(/^out_/)
  const sizeBytes: unknown = expect.any(Number)
  const [, , price] = output.columns
  expect(output).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    hasHeader: true,
    rowCount: 4,
    columnCount: 5,
    columns: [
      {
        name: 'id',
        type: 'BIGINT',
        category: 'number',
        nullCount: 0,
        distinctCount: 4,
        min: '1',
        max: '4',
        mean: 2.5,
        stddev: 1.2909944487358056,
        quantiles: { p25: 1.75, p50: 2.5, p75: 3.25 },
        histogram: ones('1', '2', '3', '4', '5'),
        topValues: null,
      },
      {
        name: 'city',
        type: 'VARCHAR',
        category: 'text',
        nullCount: 1,
        distinctCount: 2,
        ...nothing,
        min: 'Busan',
        max: 'Seoul',
        topValues: [
          { value: 'Seoul', count: 2 },
          { value: 'Busan', count: 1 },
        ],
      },
      {
        name: 'price',
        type: 'DOUBLE',
        category: 'number',
        nullCount: 1,
        distinctCount: 3,
        min: '1.5',
        max: '4.5',
        mean: 2.8333333333333335,
        stddev: 1.5275252316519465,
        quantiles: { p25: 2, p50: 2.5, p75: 3.5 },
        histogram: price?.histogram,
        topValues: null,
      },
      {
        name: 'sold',
        type: 'BOOLEAN',
        category: 'boolean',
        nullCount: 0,
        distinctCount: 2,
        ...nothing,
        min: 'false',
        max: 'true',
        topValues: [
          { value: 'true', count: 3 },
          { value: 'false', count: 1 },
        ],
      },
      {
        name: 'at',
        type: 'DATE',
        category: 'time',
        nullCount: 0,
        distinctCount: 4,
        ...nothing,
        min: '2024-01-01',
        max: '2024-01-04',
        histogram: ones('2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'),
      },
    ],
    preview: [
      ['1', 'Seoul', '1.5', 'true', '2024-01-01'],
      ['2', 'Busan', '2.5', 'false', '2024-01-02'],
      ['3', 'Seoul', null, 'true', '2024-01-03'],
      ['4', null, '4.5', 'true', '2024-01-04'],
    ],
    notes: [],
    files: [{ id, role: 'parquet', name: 'sales.parquet', mediaType: 'application/vnd.apache.parquet', sizeBytes }],
  })
  const filled = price?.histogram?.map(({ from, count }) => [from, count]).filter(([, count]) => count !== 0)
  expect([price?.histogram?.length, filled]).toEqual([
    24,
    [
      ['1.5', 1],
      ['2.5', 1],
      ['4.375', 1],
    ],
  ])
  expect(price?.histogram?.at(-1)?.to).toBe('4.5')
  expect(parquetRows).toEqual([
    ['1', 'Seoul', 1.5, true, '2024-01-01'],
    ['2', 'Busan', 2.5, false, '2024-01-02'],
    ['3', 'Seoul', null, true, '2024-01-03'],
    ['4', null, 4.5, true, '2024-01-04'],
  ])
  expect(stages).toEqual(['downloading', 'checking the encoding', 'reading', 'profiling', 'storing'])
})

test('TSV, semicolons, no header, quoted line breaks and columns of one name are read as meant', async () => {
  expect(outline(await profile('a.tsv', 'a\tb\n1\tx\n2\ty\n'))).toEqual({
    format: 'tsv',
    encoding: 'utf-8',
    delimiter: '\t',
    hasHeader: true,
    rowCount: 2,
    notes: [],
    types: { a: 'BIGINT', b: 'VARCHAR' },
    preview: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  })
  expect(outline(await profile('a.csv', 'name;price\napple;1,5\npear;2,5\n'))).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ';',
    hasHeader: true,
    rowCount: 2,
    notes: [],
    types: { name: 'VARCHAR', price: 'VARCHAR' },
    preview: [
      ['apple', '1,5'],
      ['pear', '2,5'],
    ],
  })
  expect(outline(await profile('a.csv', '1,2\n3,4\n'))).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    hasHeader: false,
    rowCount: 2,
    notes: [],
    types: { column0: 'BIGINT', column1: 'BIGINT' },
    preview: [
      ['1', '2'],
      ['3', '4'],
    ],
  })
  expect(outline(await profile('a.csv', 'a,b,a\n1,"x\r\n""y"", z",2\n3,w,4\n'))).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    hasHeader: true,
    rowCount: 2,
    notes: [],
    types: { a: 'BIGINT', b: 'VARCHAR', a_1: 'BIGINT' },
    preview: [
      ['1', 'x\r\n"y", z', '2'],
      ['3', 'w', '4'],
    ],
  })
})

test('JSON and NDJSON: keys become columns, what lies deeper stays nested', async () => {
  const nested = {
    encoding: 'utf-8',
    delimiter: null,
    hasHeader: null,
    rowCount: 2,
    notes: [],
    types: { a: 'BIGINT', b: 'STRUCT(c BIGINT)', d: 'BIGINT[]' },
    preview: [
      ['1', `{'c': 2}`, null],
      [null, `{'c': 3}`, '[1, 2]'],
    ],
  }
  const rows = ['{"a":1,"b":{"c":2}}', '{"a":null,"b":{"c":3},"d":[1,2]}']
  const array = await profile('a.json', `[${rows.join(',')}]`)
  expect(outline(array)).toEqual({ format: 'json', ...nested })
  expect(array.output.columns[1]).toEqual({
    name: 'b',
    type: 'STRUCT(c BIGINT)',
    category: 'nested',
    nullCount: 0,
    distinctCount: 2,
    min: null,
    max: null,
    mean: null,
    stddev: null,
    quantiles: null,
    histogram: null,
    topValues: null,
  })
  expect(outline(await profile('a.ndjson', rows.join('\n')))).toEqual({ format: 'ndjson', ...nested })
  expect(outline(await profile('a.json', rows.join('\n')))).toEqual({ format: 'ndjson', ...nested })
})

test('numbers keep their digits: leading zeros and long integers stay text', async () => {
  const rows = 'zip,account,big\n06234,12345678901234567890,9007199254740993\n01000,2,2\n'
  const { output, parquetRows } = await profile('a.csv', rows)
  expect(output.columns.map(({ type }) => type)).toEqual(['VARCHAR', 'VARCHAR', 'BIGINT'])
  expect(parquetRows).toEqual([
    ['06234', '12345678901234567890', '9007199254740993'],
    ['01000', '2', '2'],
  ])
  const json = await profile('a.json', '[{"n":18446744073709551615},{"n":1}]')
  expect(json.parquetRows).toEqual([['18446744073709551615'], ['1']])
})

test('values that are not finite do not spoil the statistics of those that are', async () => {
  const { output } = await profile('a.csv', 'x,y\n1e308,nan\n-1e308,inf\n5,3\n7,4\n')
  const [x, y] = output.columns
  expect([x?.stddev, x?.min, x?.max, x?.histogram]).toEqual([null, '-1e+308', '1e+308', null])
  expect([y?.mean, y?.quantiles, y?.min, y?.max]).toEqual([3.5, { p25: 3.25, p50: 3.5, p75: 3.75 }, '3.0', 'nan'])
  expect([y?.histogram?.[0], y?.histogram?.at(-1)]).toEqual([
    { from: '3', to: '3.04166666667', count: 1 },
    { from: '3.95833333333', to: '4', count: 1 },
  ])
})

test('Parquet is profiled as it is, and is its own copy', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-parquet-'))
  const path = join(dir, 'a.parquet')
  await query(
    `copy (select i::decimal(9, 2) as price, timestamp '2024-01-01' + to_hours(i) as at, uuid() as id, 'x'::blob as raw ` +
      `from range(20000) t(i)) to '${path}' (format parquet)`,
  )
  const bytes = await readFile(path)
  await rm(dir, { recursive: true })
  const { output } = await profile('a.parquet', bytes)
  const { format, encoding, rowCount, files } = output
  expect({ format, encoding, rowCount, size: files[0]?.sizeBytes }).toEqual({
    format: 'parquet',
    encoding: null,
    rowCount: 20_000,
    size: bytes.length,
  })
  const [price, at, id, raw] = output.columns
  expect([price?.type, price?.min, price?.max, price?.mean]).toEqual(['DECIMAL(9,2)', '0.00', '19999.00', 9999.5])
  // An estimate above 10,000 rows.
  expect(Math.abs((price?.distinctCount ?? 0) - 20_000)).toBeLessThan(2_000)
  expect(Math.abs((price?.quantiles?.p50 ?? 0) - 9_999.5)).toBeLessThan(200)
  expect([at?.type, at?.histogram?.length, at?.histogram?.[0]]).toEqual([
    'TIMESTAMP',
    24,
    { from: '2024-01-01 00:00:00', to: '2024-02-04 17:17:31', count: 834 },
  ])
  expect(at?.histogram?.reduce((sum, { count }) => sum + count, 0)).toBe(20_000)
  expect([id?.category, raw?.topValues]).toEqual(['text', [{ value: 'x', count: 20_000 }]])
  expect(output.preview.length).toBe(100)
})

test('few values among many rows are counted, not estimated', async () => {
  const stations = ['Harbour', 'Old Market', 'University', 'Central Station', 'Airport', 'Zoo', 'Museum', 'Bridge']
  const rows = Array.from({ length: 40_000 }, (_, row) => stations[((row * row) % 11) % 8])
  const { output } = await profile('rides.csv', `station\n${rows.join('\n')}\n`)
  const [station] = output.columns
  expect(station?.distinctCount).toBe(new Set(rows).size)
})

test('a wide table has all of its columns, and a preview within its bound', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `column ${index}`)
  const row = names.map((_, index) => 'x'.repeat(300) + index).join(',')
  const { output } = await profile('wide.csv', `${names.join(',')}\n${`${row}\n`.repeat(100)}`)
  expect([output.columnCount, output.columns[299]?.name, output.columns[299]?.topValues]).toEqual([
    300,
    'column 299',
    [{ value: `${'x'.repeat(199)}…`, count: 100 }],
  ])
  expect(output.preview[0]?.[0]).toBe(`${'x'.repeat(199)}…`)
  expect(Buffer.byteLength(JSON.stringify(output.preview))).toBeLessThan(513 * 1024)
  const shown = output.preview.length
  const sentence = `The preview shows the first ${shown} rows, because they are wide; the Parquet copy has all.`
  expect(output.notes).toEqual([{ code: 'PREVIEW_CUT', sentence, rows: shown }])
})

/** Bins between these edges with one value each. */
function ones(...edges: string[]) {
  return edges.slice(1).map((to, index) => ({ from: edges[index] ?? '', to, count: 1 }))
}
