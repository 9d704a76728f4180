import { expect, test, vi } from 'vitest'
import { createMessageEncoder } from '../src/message-encoder.ts'

const job = (workspace: string) => ({ id: 'job_1', version: 7, fileName: `of ${workspace}` })

function told(id: number | string, cursor: string, data: unknown) {
  return { id, jsonrpc: '2.0', result: { type: 'data', data: { id: cursor, data }, id: cursor } }
}

test('every message is the text that JSON.stringify makes of it', () => {
  const { encode, decode } = createMessageEncoder()
  const shared = job('a')
  const messages: unknown[] = [
    told(1, '5', shared),
    told('two', '5', shared),
    told(1, '6', shared),
    { ...told(3, '6', shared), jsonrpc: undefined },
    told(4, '6', null),
    told(5, '6', 'text'),
    { id: 6, result: { type: 'started' } },
    { id: 7, result: { type: 'data', data: shared } },
    { id: 8, result: { type: 'data', data: { id: 'x', data: shared } } },
    { id: 9, error: { code: -32_000, message: '"quoted"' } },
    { id: null, method: 'reconnect' },
  ]
  for (const message of messages) {
    expect(encode(message)).toBe(JSON.stringify(message))
    expect(decode(JSON.stringify(message))).toEqual(JSON.parse(JSON.stringify(message)))
  }
})

test('what many are told becomes text once, whatever they call their subscription', () => {
  const { encode } = createMessageEncoder()
  const toJSON = vi.fn(() => job('a'))
  const shared = { toJSON }
  const texts = Array.from({ length: 50 }, (_, id) => encode(told(id, '5', shared)))
  expect(toJSON).toHaveBeenCalledTimes(1)
  expect(new Set(texts).size).toBe(50)
})

test('two workspaces never get each other’s bytes, not even for one id, version and cursor', () => {
  const { encode } = createMessageEncoder()
  const [ours, theirs] = [told(1, '5', job('a')), told(1, '5', job('b'))]
  for (const message of [ours, theirs, ours, theirs]) expect(encode(message)).toBe(JSON.stringify(message))
})
