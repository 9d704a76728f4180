import { callOf } from '@bellhop/api'
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

test('an item that is sent at once has the bytes that the iteration would have sent', () => {
  const { encode, item } = createMessageEncoder()
  const shared = job('a')
  for (const [id, jsonrpc] of [[1], [2], [1], ['two'], [1, '2.0']] as const) {
    const message = { ...told(id, '5', shared), jsonrpc }
    if (jsonrpc === undefined) delete message.jsonrpc
    expect(item({ id, jsonrpc }, { id: '5', data: shared }).toString()).toBe(encode(message))
  }
  expect(item({ id: 1 }, { id: '6', data: shared }).toString()).toContain('"id":"6"')
})

test('a subscription is told its call, which its client cannot write itself', () => {
  const { decode } = createMessageEncoder()
  const call = (params: object, method = 'subscription') => JSON.stringify({ id: 7, method, params })
  const inputOf = (text: string) => (decode(text) as { params: { input?: unknown } }).params.input
  expect(callOf(inputOf(call({ path: 'jobs.feed' })))).toEqual({ id: 7, jsonrpc: undefined })
  expect(callOf(inputOf(call({ path: 'jobs.feed', input: { lastEventId: '5', id: 8 } })))).toMatchObject({ id: 7 })
  expect(callOf(inputOf(call({ path: 'jobs.feed', input: 'text' })))).toBeUndefined()
  expect(callOf(inputOf(call({ path: 'jobs.get', input: { id: 8 } }, 'query')))).toBeUndefined()
  const batch = decode(`[${call({ path: 'jobs.feed' })}]`) as { params: { input: unknown } }[]
  expect(batch.map(({ params }) => callOf(params.input))).toEqual([{ id: 7, jsonrpc: undefined }])
})
