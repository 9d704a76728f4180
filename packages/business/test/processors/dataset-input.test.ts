import { JobInputError } from '@bellhop/model'
import { expect, test } from 'vitest'
import { datasetProfileProcessor } from '../../src/processors/dataset/dataset-profile.ts'
import { datasetJob, outline, profile } from './datasets.ts'

const KOREAN = { format: 'csv', delimiter: ',', hasHeader: true, rowCount: 2 }
/** `이름,값`, `김철수,1`, `똠방각하,2` in CP949; `똠` is in none of the older EUC-KR. */
const CP949 = Buffer.from('c0ccb8a72cb0aa0ab1e8c3b6bcf62c310a8c63b9e6b0a2c7cf2c320a', 'hex')
const converted = (words: string) => ({
  code: 'TRANSCODED',
  sentence: `The file is in ${words}; it was converted to UTF-8 before it was read, and its Parquet copy is UTF-8.`,
})

async function faultOf(name: string, bytes: Uint8Array | string) {
  await using job = await datasetJob(name, bytes)
  const error: unknown = await datasetProfileProcessor.run(job.run).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(JobInputError)
  return error instanceof JobInputError ? { code: error.code, sentence: error.message } : null
}

test('Korean text is read in CP949, UTF-16 of either order, with or without a mark, and UTF-8 with one', async () => {
  const types = { 이름: 'VARCHAR', 값: 'BIGINT' }
  const preview = [
    ['김철수', '1'],
    ['똠방각하', '2'],
  ]
  const text = '이름,값\n김철수,1\n똠방각하,2\n'
  const little = Buffer.from(text, 'utf16le')
  const big = Buffer.from(little).swap16()
  const cases = [
    [CP949, 'euc-kr', [converted('Korean CP949 (EUC-KR)')]],
    [little, 'utf-16le', [converted('UTF-16 (little-endian)')]],
    [Buffer.concat([Buffer.from([0xff, 0xfe]), little]), 'utf-16le', [converted('UTF-16 (little-endian)')]],
    [big, 'utf-16be', [converted('UTF-16 (big-endian)')]],
    [Buffer.from(`\uFEFF${text}`), 'utf-8', []],
  ] as const
  for (const [bytes, encoding, notes] of cases) {
    const { output, parquetRows } = await profile('명단.csv', bytes)
    expect(outline({ output, parquetRows, stages: [] })).toEqual({ ...KOREAN, encoding, types, preview, notes })
    expect(output.files[0]?.name).toBe('명단.parquet')
  }
})

test('Western text of the old kind is read as such', async () => {
  const { output, ...rest } = await profile('a.csv', Buffer.from('name,n\nMüller,1\ncafé,2\n', 'latin1'))
  expect(outline({ output, ...rest })).toEqual({
    format: 'csv',
    encoding: 'windows-1252',
    delimiter: ',',
    hasHeader: true,
    rowCount: 2,
    types: { name: 'VARCHAR', n: 'BIGINT' },
    preview: [
      ['Müller', '1'],
      ['café', '2'],
    ],
    notes: [converted('Western European (Windows-1252)')],
  })
})

test('rows of unequal length are filled up or left out, and counted', async () => {
  const base = { format: 'csv', encoding: 'utf-8', delimiter: ',', hasHeader: true }
  expect(outline(await profile('a.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,"x\ny",12\n'))).toEqual({
    ...base,
    rowCount: 3,
    types: { a: 'BIGINT', b: 'VARCHAR', c: 'BIGINT' },
    preview: [
      ['1', '2', '3'],
      ['4', '5', null],
      ['10', 'x\ny', '12'],
    ],
    notes: [
      {
        code: 'RAGGED_ROWS',
        rows: 2,
        sentence:
          '1 row has fewer than 3 fields (first at line 3); the missing ones are empty; ' +
          '1 row has more than 3 fields or a broken quote (first at line 4) and was left out.',
      },
    ],
  })
  // Far beyond the rows from which the dialect is guessed.
  const many = Array.from({ length: 30_000 }, (_, index) => `${index},${index * 2}\n`).join('')
  const late = await profile('a.csv', `a,b\n${many}1,2,3\n`)
  expect(outline(late)).toMatchObject({
    ...base,
    rowCount: 30_000,
    types: { a: 'BIGINT', b: 'BIGINT' },
    notes: [
      {
        code: 'RAGGED_ROWS',
        rows: 1,
        sentence: '1 row has more than 2 fields or a broken quote (first at line 30002) and was left out.',
      },
    ],
  })
})

test('a type that changes late turns its column into text, and loses no row', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `${index},2024-01-01\n`).join('')
  const { output } = await profile('a.csv', `n,day\n${many}unknown,2024-01-02\n`)
  expect([output.rowCount, output.columns.map(({ type }) => type), output.notes]).toEqual([
    30_001,
    ['VARCHAR', 'DATE'],
    [],
  ])
  const json = await profile('a.ndjson', `${'{"n":1}\n'.repeat(30_000)}{"n":"x"}\n`)
  expect([json.output.rowCount, json.output.columns[0]?.nullCount]).toEqual([30_001, 0])
})

test('a title above the table is left out and said; prose with commas is one column', async () => {
  const titled = await profile('a.csv', 'Report 2024\n\na,b,c\n1,2,3\n4,5,6\n')
  expect([titled.output.rowCount, titled.output.columns.map(({ name }) => name), titled.output.notes]).toEqual([
    2,
    ['a', 'b', 'c'],
    [{ code: 'RAGGED_ROWS', rows: 2, sentence: 'The first 2 lines are not part of the table and were left out.' }],
  ])
  const prose = await profile('a.csv', 'Dear all, hello\nthis is a letter\nwith, some, commas\nand none\n')
  expect([prose.output.columnCount, prose.output.rowCount, prose.output.notes]).toEqual([1, 3, []])
})

test('a header alone is a table without rows', async () => {
  expect(outline(await profile('a.csv', 'a,b\n'))).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    hasHeader: true,
    rowCount: 0,
    preview: [],
    types: { a: 'VARCHAR', b: 'VARCHAR' },
    notes: [{ code: 'EMPTY_TABLE', sentence: 'The table has columns but no rows.' }],
  })
})

const unreadable = (why: string) => ({
  code: 'DATASET_UNREADABLE',
  sentence: `The file could not be read as a table: ${why}`,
})
const empty = (found: string) => ({
  code: 'DATASET_EMPTY',
  sentence: `${found}, so there is no table in it. Check the export, then upload it again.`,
})

test('what is no table fails with its reason in words', async () => {
  const noise = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919 + ((index * index) >> 3)) & 255))
  const binary = unreadable(
    'it holds binary data, or text in an unknown encoding. Save it as UTF-8 text (CSV, TSV, JSON), then upload it again.',
  )
  const broken = Buffer.concat([Buffer.from(`이름\n${'가나다\n'.repeat(20_000)}`), Buffer.from([0xff, 0x0a])])
  const wide = Array.from({ length: 2_001 }, (_, index) => `c${index}`).join(',')
  expect([
    await faultOf('a.csv', noise),
    await faultOf('a.csv', ''),
    await faultOf('a.csv', '\uFEFF\n \n'),
    await faultOf('a.json', '[]'),
    await faultOf('a.ndjson', '{"a":1}\n{"a":\n'),
    await faultOf('a.parquet', 'a,b\n1,2\n'),
    await faultOf('a.parquet', 'PAR1 and nothing more PAR1'),
    await faultOf('a.csv', Buffer.from('PK\u0003\u0004workbook')),
    await faultOf('a.csv', broken),
    await faultOf('a.csv', `${wide}\n${wide}\n`),
  ]).toEqual([
    binary,
    empty('The file is empty'),
    empty('The file holds nothing but white space'),
    empty('The file holds an empty list'),
    unreadable('Malformed JSON, at byte 7 in line 3: unexpected end of data. Check the file, then upload it again.'),
    unreadable('it is not Parquet, although its name or type says so. Check the file, then upload it again.'),
    unreadable('it is not a sound Parquet file. Write it again, then upload it.'),
    unreadable('it is an Excel workbook or a ZIP archive. Export the sheet as CSV (UTF-8), then upload that.'),
    unreadable('it is UTF-8 text, but near byte 200,007 is something else. Save it again as UTF-8, then upload it.'),
    {
      code: 'DATASET_TOO_WIDE',
      sentence: 'The table has 2,001 columns, and at most 2,000 are taken. Upload it in parts, or in long form.',
    },
  ])
})
