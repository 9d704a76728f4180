import type { ClearedListener } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { subscribe } from '../src/live-feed.ts'
import type { FeedContext } from '../src/live-feed.ts'

const MINUTE_MS = 60_000

let identify: ReturnType<typeof vi.fn<() => Promise<unknown>>>
let listeners: Set<ClearedListener>
let ended: boolean

beforeEach(() => {
  vi.useFakeTimers()
  listeners = new Set()
  ended = false
  identify = vi.fn(async () => caller)
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  expect(listeners.size).toBe(0)
  vi.useRealTimers()
})

const caller = { userId: 'user_1', workspaceId: 'ws_1' }

function context(): FeedContext {
  const callers = {
    onCleared: (listener: ClearedListener) => listeners.add(listener),
    offCleared: (listener: ClearedListener) => listeners.delete(listener),
  }
  // -- of the platform only this is looked at.
  return {
    identify,
    call: { caller, platform: { callers } },
    hasRoom: () => true,
    drained: async () => {},
  } as unknown as FeedContext
}

/** Says one thing, and then nothing until it is told to stop. */
async function* silent(signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield 'first'
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  } finally {
    ended = true
  }
}

const told = (item: string) => item

/** Reads a feed on which nothing happens, to its end. */
function follow(signal = new AbortController().signal) {
  const seen: string[] = []
  const outcome = (async () => {
    for await (const item of subscribe(context(), silent, signal, told)) seen.push(item)
    return 'ended'
  })().catch((error: { code: string }) => error.code)
  return { seen, outcome }
}

test('a caller is looked up each minute while nothing happens, and the feed ends when it is refused', async () => {
  const { seen, outcome } = follow()
  await vi.advanceTimersByTimeAsync(3 * MINUTE_MS)
  expect(identify).toHaveBeenCalledTimes(3)
  expect(seen).toEqual(['first'])
  identify.mockRejectedValue(new AppError('UNAUTHENTICATED'))
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(await outcome).toBe('UNAUTHENTICATED')
  expect(ended).toBe(true)
})

test('when something was taken away anywhere, it is looked up within 2 s', async () => {
  const { outcome } = follow()
  await vi.advanceTimersByTimeAsync(0)
  identify.mockRejectedValue(new AppError('UNAUTHENTICATED'))
  for (const listener of listeners) listener.callersCleared()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await outcome).toBe('UNAUTHENTICATED')
})

test('a caller who now acts in another workspace is shown nothing more of this one', async () => {
  const { outcome } = follow()
  identify.mockResolvedValue({ ...caller, workspaceId: 'ws_2' })
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(await outcome).toBe('WORKSPACE_NOT_FOUND')
})

test('a database that is away ends nothing; it is asked again soon', async () => {
  const stop = new AbortController()
  const { outcome } = follow(stop.signal)
  identify.mockRejectedValueOnce(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
  await vi.advanceTimersByTimeAsync(MINUTE_MS + 5_000)
  expect(identify).toHaveBeenCalledTimes(2)
  stop.abort()
  expect(await outcome).toBe('ended')
  expect(ended).toBe(true)
})

test('a reader that leaves ends the feed', async () => {
  const feed = subscribe(context(), silent, new AbortController().signal, told)
  expect(await feed.next()).toEqual({ value: 'first', done: false })
  await feed.return()
  expect(ended).toBe(true)
})
