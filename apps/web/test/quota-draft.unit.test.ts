import { TIB } from '@bellhop/model'
import type { Quota } from '@bellhop/model'
import { expect, test } from 'vitest'
import { cleanMediaType, quotaDraft, readQuota } from '../src/settings/room/quota-draft.ts'

const NONE: Quota = { maxBytes: null, maxFiles: null, maxFileBytes: null, mediaTypes: null }

test('what is kept is read back from the form to the byte', () => {
  const quotas: Quota[] = [
    NONE,
    { maxBytes: 5 * 1024 ** 3, maxFiles: 0, maxFileBytes: 1, mediaTypes: ['image/*'] },
    { maxBytes: 1_234_567_890_123, maxFiles: 2_000_000_000, maxFileBytes: 999_999, mediaTypes: ['text/csv', 'a/b'] },
  ]
  expect(quotas.map((quota) => readQuota(quotaDraft(quota)))).toEqual(quotas.map((quota) => ({ quota })))
})

test('an empty field is no bound, and a number may be written with separators', () => {
  const draft = { ...quotaDraft(NONE), maxFiles: ' 10,000 ', maxBytes: { text: '1.5', unit: 'TB' as const } }
  expect(readQuota(draft)).toEqual({ quota: { ...NONE, maxFiles: 10_000, maxBytes: 1.5e12 } })
})

test('each wrong field is named with what is wrong about it', () => {
  const draft = quotaDraft(NONE)
  const gigabytes = (text: string) => ({ text, unit: 'GB' as const })
  expect(readQuota({ ...draft, maxBytes: gigabytes('lots') })).toEqual({ faults: { maxBytes: 'notANumber' } })
  expect(readQuota({ ...draft, maxBytes: gigabytes('-1') })).toEqual({ faults: { maxBytes: 'notANumber' } })
  expect(readQuota({ ...draft, maxFiles: '1.5' })).toEqual({ faults: { maxFiles: 'notWhole' } })
  expect(readQuota({ ...draft, maxFiles: '3000000000' })).toEqual({ faults: { maxFiles: 'tooManyFiles' } })
  expect(readQuota({ ...draft, maxFileBytes: gigabytes(String((6 * TIB) / 1e9)) })).toEqual({
    faults: { maxFileBytes: 'tooLarge' },
  })
  expect(readQuota({ ...draft, maxBytes: gigabytes('1'), maxFileBytes: gigabytes('2') })).toEqual({
    faults: { maxFileBytes: 'aboveAll' },
  })
})

test('a type is written as a type', () => {
  expect(['Image/*', ' text/csv ', 'csv', 'image/', '*/*', 'a b/c'].map(cleanMediaType)).toEqual([
    'image/*',
    'text/csv',
    null,
    null,
    null,
    null,
  ])
})
