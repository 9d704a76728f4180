import { expect, test } from 'vitest'
import { Slots } from '../src/slots.ts'

const { signal } = new AbortController()

/** Who got a slot, in order. */
function queue(slots: Slots) {
  const got: string[] = []
  const held = new Map<string, Disposable>()
  return {
    got,
    ask(name: string, holder?: object, weight = 1) {
      void slots.take(signal, { weight, ...(holder ? { holder } : {}) }).then((slot) => {
        got.push(name)
        held.set(name, slot)
      })
    },
    async give(name: string) {
      held.get(name)?.[Symbol.dispose]()
      await settled()
    },
  }
}

/** All that was resolved has been heard of. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a file that asks for much does not keep the others waiting', async () => {
  const { got, ask, give } = queue(new Slots(2))
  const large = {}
  for (const name of ['large 1', 'large 2', 'large 3', 'large 4']) ask(name, large)
  ask('small', {})
  await settled()
  expect(got).toEqual(['large 1', 'large 2'])
  await give('large 1')
  expect(got.at(-1)).toBe('small')
  await give('small')
  expect(got.at(-1)).toBe('large 3')
})

test('heavy ones take the room of many, and one that is heavier than all the room still comes', async () => {
  const { got, ask, give } = queue(new Slots(4))
  ask('a', {}, 4)
  ask('b', {}, 1)
  ask('c', {}, 9)
  await settled()
  expect(got).toEqual(['a'])
  await give('a')
  expect(got).toEqual(['a', 'b'])
  await give('b')
  expect(got).toEqual(['a', 'b', 'c'])
})

test('fewer slots run out by themselves, more are given at once, and who leaves the queue blocks nobody', async () => {
  const slots = new Slots(2)
  const { got, ask, give } = queue(slots)
  const leaving = new AbortController()
  ask('a')
  ask('b')
  const left = slots.take(leaving.signal).catch(() => 'left')
  ask('c')
  await settled()
  slots.resize(1)
  await give('a')
  expect(got).toEqual(['a', 'b'])
  leaving.abort()
  expect(await left).toBe('left')
  slots.resize(2)
  await settled()
  expect(got).toEqual(['a', 'b', 'c'])
})
