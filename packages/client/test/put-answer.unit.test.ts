import { expect, test } from 'vitest'
import { putAnswer } from '../src/platform/put-answer.ts'

test('an empty ETag is none: the server would refuse to complete with it', () => {
  expect(putAnswer(200, '', { etag: '' }).etag).toBeNull()
  expect(putAnswer(200, '', {}).etag).toBeNull()
  expect(putAnswer(200, '', { etag: '"9b2c"' }).etag).toBe('"9b2c"')
})
