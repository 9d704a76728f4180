import { readSettings } from '@bellhop/business'
import { expect, test } from 'vitest'

const ENVIRONMENT = {
  DATABASE_URL: 'postgres://localhost/bellhop',
  S3_ENDPOINT: 'http://localhost:9000',
  S3_BUCKET: 'files',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
  BELLHOP_SECRET: 'a secret of at least thirty-two characters',
}
const read = (more: Record<string, string>) => readSettings({ ...ENVIRONMENT, ...more }, 'http://localhost:3000')

test('keys live from a minute to half a day and are issued generously, unless the operator says otherwise', () => {
  expect(read({})).toMatchObject({
    keyLife: { floorBytesPerSecond: 131_072, minMs: 60_000, maxMs: 43_200_000 },
    keysPerMinute: { user: 30_000, workspace: 120_000 },
  })
  expect(
    read({
      BELLHOP_KEY_FLOOR_KIB_PER_SECOND: '1024',
      BELLHOP_KEY_LIFE_MIN_SECONDS: '5',
      BELLHOP_KEY_LIFE_MAX_MINUTES: '60',
      BELLHOP_KEYS_PER_MINUTE_USER: '100',
      BELLHOP_KEYS_PER_MINUTE_WORKSPACE: '10000000',
    }),
  ).toMatchObject({
    keyLife: { floorBytesPerSecond: 1_048_576, minMs: 5_000, maxMs: 3_600_000 },
    keysPerMinute: { user: 100, workspace: 10_000_000 },
  })
})

test.each([
  ['BELLHOP_KEY_LIFE_MIN_SECONDS', '0', 'a whole number from 1 to 3600, got `0`'],
  ['BELLHOP_KEY_LIFE_MIN_SECONDS', '1.5', 'a whole number from 1 to 3600, got `1.5`'],
  ['BELLHOP_KEY_LIFE_MAX_MINUTES', '721', 'a whole number from 1 to 720, got `721`'],
  ['BELLHOP_KEYS_PER_MINUTE_USER', '99', 'a whole number from 100 to 10000000, got `99`'],
  ['BELLHOP_KEYS_PER_MINUTE_WORKSPACE', 'many', 'a whole number from 100 to 10000000, got `many`'],
])('%s=%s is a fault with a sentence', (name, value, words) => {
  expect(() => read({ [name]: value })).toThrow(`Expected \`${name}\` to be ${words}.`)
})

test('a shortest life beyond the longest is one too', () => {
  expect(() => read({ BELLHOP_KEY_LIFE_MIN_SECONDS: '61', BELLHOP_KEY_LIFE_MAX_MINUTES: '1' })).toThrow(
    'Expected `BELLHOP_KEY_LIFE_MIN_SECONDS` not to be longer than `BELLHOP_KEY_LIFE_MAX_MINUTES`.',
  )
})
