import { expect, test } from 'vitest'
import { transferLine } from '../src/transfer-line.ts'

test('a line says what the transfer waits for in place of the time left', () => {
  const moving = { phase: 'sending', sentBytes: 5, totalBytes: 10, bytesPerSecond: 0, etaMs: 42_000 } as const
  const line = (waitingFor: 'store' | 'rate-limit' | null) => transferLine('race.mp4', { ...moving, waitingFor })
  expect(line(null)).toMatch(/50 %  0:42 left$/)
  expect(line('store')).toMatch(/50 %  waiting for the store$/)
  expect(line('rate-limit')).toMatch(/50 %  waiting for more keys \(rate limit\)$/)
})
