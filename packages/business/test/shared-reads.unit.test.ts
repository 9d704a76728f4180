import { expect, test } from 'vitest'
import { FeedClock } from '../src/feed-clock.ts'
import { SharedReads } from '../src/shared-reads.ts'

/** Reads that end when they are told to. */
function reads() {
  const started: PromiseWithResolvers<number>[] = []
  const start = () => {
    const read = Promise.withResolvers<number>()
    started.push(read)
    return read.promise
  }
  return { started, start }
}

test('who asks while a read is on its way is given the next one, which all of them share', async () => {
  const { started, start } = reads()
  const shared = new SharedReads<number>()
  const first = shared.read('a', start)
  const late = Array.from({ length: 100 }, () => shared.read('a', start))
  const other = shared.read('b', start)
  expect(started.length).toBe(2)
  started[0]?.resolve(1)
  started[1]?.resolve(2)
  expect([await first, await other]).toEqual([1, 2])
  await expect.poll(() => started.length).toBe(3)
  started[2]?.resolve(3)
  expect(new Set(await Promise.all(late))).toEqual(new Set([3]))
})

test('a read that fails fails for those who asked for it, and for nobody after', async () => {
  const { started, start } = reads()
  const shared = new SharedReads<number>()
  const first = shared.read('a', start)
  const late = shared.read('a', start)
  started[0]?.reject(new Error('away'))
  await expect(first).rejects.toThrow('away')
  await expect.poll(() => started.length).toBe(2)
  started[1]?.resolve(2)
  expect(await late).toBe(2)
  const again = shared.read('a', start)
  started[2]?.resolve(3)
  expect(await again).toBe(3)
})

test('the time is read once for all who ask, and asked for again after it could not be read', async () => {
  const dates = [Promise.reject(new Error('away')), Promise.resolve(new Date(5))]
  let asked = 0
  const clock = new FeedClock(() => dates[asked++]!)
  const both = [clock.now(), clock.now()].map((now) => Promise.resolve(now).catch((error: Error) => error.message))
  expect(await Promise.all(both)).toEqual(['away', 'away'])
  expect(await clock.now()).toBe(5)
  expect(clock.now()).toBe(5)
  expect(asked).toBe(2)
})
