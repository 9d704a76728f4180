import { expect, test } from 'vitest'
import { Mailbox } from '../src/mailbox.ts'

const NEVER = new AbortController().signal

test('a reader that waits is not woken for what its shortcut takes', async () => {
  const straight: number[] = []
  const mailbox = new Mailbox<string, number>(10, (value) => value < 3 && straight.push(value) > 0)
  const taken = mailbox.take(NEVER)
  mailbox.put('a', 1)
  mailbox.put('b', 2)
  expect(straight).toEqual([1, 2])
  mailbox.put('a', 3)
  expect(await taken).toEqual([3])
})

test('nothing overtakes: while something lies there or is being taken, the shortcut is not asked', async () => {
  const straight: number[] = []
  let room = false
  const mailbox = new Mailbox<string, number>(10, (value) => room && straight.push(value) > 0)
  mailbox.put('a', 1)
  room = true
  // Nobody waits yet.
  mailbox.put('b', 2)
  expect(await mailbox.take(NEVER)).toEqual([1, 2])
  room = false
  const taken = mailbox.take(NEVER)
  mailbox.put('a', 3)
  room = true
  // The reader has been woken and has not read.
  mailbox.put('a', 4)
  mailbox.put('b', 5)
  expect(await taken).toEqual([4, 5])
  expect(straight).toEqual([])
})

test('a reader that is behind by too much is told to look for itself, once', async () => {
  const mailbox = new Mailbox<number, number>(2)
  for (const key of [1, 2, 3]) mailbox.put(key, key)
  expect(await mailbox.take(NEVER)).toBe('overflowed')
  mailbox.put(1, 4)
  expect(await mailbox.take(NEVER)).toEqual([4])
})

test('a signal ends the wait, and what is put in the same turn stays', async () => {
  const mailbox = new Mailbox<string, number>(2)
  const stop = new AbortController()
  const taken = mailbox.take(stop.signal)
  mailbox.put('a', 1)
  stop.abort()
  expect(await taken).toBeNull()
  expect(await mailbox.take(NEVER)).toEqual([1])
})
