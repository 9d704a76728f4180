import type { StoreCheck } from '@bellhop/model'
import { STORE_CHECKS } from '@bellhop/model'
import { expect, test } from 'vitest'
import { storeSnippet } from '../src/settings/storage/store-snippets.ts'
import { groupedChecks, worstState } from '../src/settings/storage/store-state.ts'

const green = (name: StoreCheck['name']): StoreCheck => ({ name, state: 'green', found: 'Well.', fix: null })

test('a rule to copy is given where a rule is the remedy, and is JSON', () => {
  const cors = storeSnippet({ name: 'cors', state: 'red', found: '', fix: 'Give it a rule.' }, 'https://files.example')
  expect(JSON.parse(cors?.text ?? '')).toMatchObject({
    CORSRules: [{ AllowedOrigins: ['https://files.example'], AllowedMethods: ['GET', 'HEAD', 'PUT'] }],
  })
  const lifecycle: StoreCheck = {
    name: 'lifecycle',
    state: 'amber',
    found: '',
    fix: 'Add this: {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 8}}.',
  }
  expect(JSON.parse(storeSnippet(lifecycle, '')?.text ?? '')).toMatchObject({
    Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } }],
  })
  expect(storeSnippet({ ...lifecycle, fix: 'Take that rule away.' }, '')).toBeNull()
  expect(storeSnippet(green('cors'), '')).toBeNull()
})

test('every check has its place in the report, and the worst decides', () => {
  const checks = STORE_CHECKS.map(green)
  expect(groupedChecks(checks).flatMap((group) => group.checks)).toEqual(checks)
  expect(worstState(checks)).toBe('green')
  expect(worstState([...checks, { ...green('clock'), state: 'amber' }])).toBe('amber')
  expect(worstState([{ ...green('clock'), state: 'red' }, ...checks])).toBe('red')
})
