import { LIMITS } from '@bellhop/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BellhopError } from '../src/bellhop-error.ts'
import { MISSING_ROUNDS, REISSUES_PER_PART, stepUpload } from '../src/upload/machine.ts'
import { awaited, isUploadEnded, uploadStateOf } from '../src/upload/upload-state.ts'
import type { UploadEffect, UploadEvent, UploadShape, UploadState } from '../src/upload/upload-state.ts'

const error = new BellhopError('NETWORK')
const cancelled = new BellhopError('ABORTED')

const PATIENCE_MS = 60_000

function shape(partCount: number | null, over: Partial<UploadShape> = {}): UploadShape {
  return {
    partCount,
    arrived: new Set<number>(),
    toCompare: [],
    pool: 2,
    ahead: 2,
    window: 4,
    firstKeys: 1,
    patienceMs: PATIENCE_MS,
    ...over,
  }
}

/** Feeds events; collects effects. */
class Machine {
  state: UploadState
  effects: UploadEffect[] = []

  constructor(of: UploadShape) {
    this.state = uploadStateOf(of)
    this.feed({ type: 'started' })
  }

  /** The effects of this event alone. */
  feed(event: UploadEvent): readonly UploadEffect[] {
    const { state, effects } = stepUpload(this.state, event)
    this.state = state
    this.effects.push(...effects)
    return effects
  }

  /** From its preparation to its sending. */
  bring(number: number): void {
    this.feed({ type: 'prepared', number })
    this.feed({ type: 'signed', numbers: [number] })
  }
}

describe('one part', () => {
  test('is read, keyed, sent, released, and then the upload is completed', () => {
    const machine = new Machine(shape(1))
    machine.feed({ type: 'prepared', number: 1 })
    machine.feed({ type: 'signed', numbers: [1] })
    machine.feed({ type: 'sent', number: 1 })
    machine.feed({ type: 'completed' })
    expect(machine.effects).toEqual([
      { type: 'prepare', number: 1 },
      { type: 'sign', numbers: [1] },
      { type: 'send', number: 1 },
      { type: 'release', number: 1 },
      { type: 'complete' },
    ])
    expect(machine.state.phase).toBe('done')
  })

  test('whose key has expired gets another, a bounded number of times', () => {
    const machine = new Machine(shape(1))
    machine.feed({ type: 'prepared', number: 1 })
    for (let reissue = 0; reissue < REISSUES_PER_PART; reissue += 1) {
      machine.feed({ type: 'signed', numbers: [1] })
      expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'expired', atMs: 0, error })).toEqual([
        { type: 'sign', numbers: [1] },
      ])
    }
    machine.feed({ type: 'signed', numbers: [1] })
    expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'expired', atMs: 0, error })).toEqual([
      { type: 'stop' },
    ])
    expect(machine.state.phase).toBe('failed')
  })

  test('that breaks rests as long as the store asks, keeps its key once, and then asks for another', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    const failed = { type: 'sendFailed', number: 1, failure: 'transient', atMs: 0, error, atLeastMs: 700 } as const
    expect(machine.feed(failed)).toEqual([{ type: 'restPart', number: 1, failures: 1, atLeastMs: 700 }])
    expect(machine.feed({ type: 'partRested', number: 1 })).toEqual([{ type: 'send', number: 1 }])
    machine.feed(failed)
    expect(machine.feed({ type: 'partRested', number: 1 })).toEqual([{ type: 'sign', numbers: [1] }])
  })

  test('that breaks again and again is tried for as long as there is patience, however often that is', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    const breaks = (atMs: number) => {
      machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', atMs, error })
      machine.feed({ type: 'partRested', number: 1 })
      machine.feed({ type: 'signed', numbers: [1] })
    }
    for (let atMs = 1_000; atMs < 1_000 + PATIENCE_MS; atMs += 1_000) breaks(atMs)
    expect(machine.state.phase).toBe('sending')
    breaks(1_000 + PATIENCE_MS)
    expect(machine.state).toMatchObject({ phase: 'failed', error })
  })

  test('whose key died in the queue gets another, as often as that happens', () => {
    const machine = new Machine(shape(1))
    machine.feed({ type: 'prepared', number: 1 })
    for (let turn = 0; turn < 3 * REISSUES_PER_PART; turn += 1) {
      machine.feed({ type: 'signed', numbers: [1] })
      const late = { type: 'sendFailed', number: 1, failure: 'late', atMs: 0, error } as const
      expect(machine.feed(late)).toEqual([{ type: 'sign', numbers: [1] }])
    }
  })

  test('that arrived as other bytes is read and hashed again', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'corrupt', atMs: 0, error })).toEqual([
      { type: 'prepare', number: 1 },
    ])
    expect(machine.feed({ type: 'prepared', number: 1 })).toEqual([{ type: 'sign', numbers: [1] }])
  })
})

describe('many parts', () => {
  test('parts that the store has are not touched, and an upload that lacks none is completed at once', () => {
    const machine = new Machine(shape(3, { arrived: new Set([1, 3]) }))
    expect(machine.effects).toEqual([{ type: 'prepare', number: 2 }])
    expect(new Machine(shape(2, { arrived: new Set([1, 2]) })).effects).toEqual([{ type: 'complete' }])
  })

  test('the first keys are asked for with as many parts as the plan takes, but no part is waited for that is not coming', () => {
    const machine = new Machine(shape(3, { firstKeys: 2 }))
    expect(machine.feed({ type: 'prepared', number: 1 })).toEqual([{ type: 'prepare', number: 2 }])
    expect(machine.feed({ type: 'prepared', number: 2 })).toEqual([
      { type: 'prepare', number: 3 },
      { type: 'sign', numbers: [1, 2] },
    ])
    const short = new Machine(shape(1, { firstKeys: 2 }))
    expect(short.feed({ type: 'prepared', number: 1 })).toEqual([{ type: 'sign', numbers: [1] }])
  })

  test('parts share a call for keys while a key is in hand, and none is waited for when there is none', () => {
    const machine = new Machine(shape(9, { pool: 1, ahead: 4, window: 9 }))
    machine.bring(1)
    for (const number of [2, 3]) machine.feed({ type: 'prepared', number })
    expect(machine.effects.filter(({ type }) => type === 'sign')).toEqual([
      { type: 'sign', numbers: [1] },
      { type: 'sign', numbers: [2] },
    ])
    // Part 2 is in hand now; 3 waits for two more.
    expect(machine.feed({ type: 'signed', numbers: [2] })).toEqual([])
    expect(machine.feed({ type: 'prepared', number: 4 })).toEqual([{ type: 'prepare', number: 5 }])
    expect(machine.feed({ type: 'prepared', number: 5 })).toEqual([{ type: 'sign', numbers: [3, 4, 5] }])
  })

  test('the number of requests at once follows the pace, and with it how far ahead is read', () => {
    const machine = new Machine(shape(20, { pool: 1, window: 6 }))
    for (const number of [1, 2]) machine.bring(number)
    machine.feed({ type: 'prepared', number: 3 })
    expect(machine.effects.filter(({ type }) => type === 'send')).toEqual([{ type: 'send', number: 1 }])
    expect(machine.state.active.size).toBe(3)
    expect(machine.feed({ type: 'paced', pool: 3 })).toEqual([
      { type: 'prepare', number: 4 },
      { type: 'send', number: 2 },
      { type: 'sign', numbers: [3] },
    ])
    expect(machine.feed({ type: 'signed', numbers: [3] })).toEqual([{ type: 'send', number: 3 }])
    machine.feed({ type: 'paced', pool: 1 })
    machine.bring(4)
    expect(machine.feed({ type: 'sent', number: 1 })).not.toContainEqual({ type: 'send', number: 4 })
  })

  test('what arrived before is compared with the source, one part at a time, before the upload is completed', () => {
    const machine = new Machine(shape(2, { arrived: new Set([1, 2]), toCompare: [1, 2] }))
    expect(machine.effects).toEqual([{ type: 'compare', number: 1 }])
    expect(machine.feed({ type: 'compared', number: 1 })).toEqual([{ type: 'compare', number: 2 }])
    expect(machine.feed({ type: 'compared', number: 2 })).toEqual([{ type: 'complete' }])
  })

  test('a stream is read part by part until one is the last', () => {
    const machine = new Machine(shape(null))
    machine.bring(1)
    machine.feed({ type: 'prepared', number: 2, last: true })
    machine.feed({ type: 'signed', numbers: [2] })
    expect(machine.effects.filter(({ type }) => type === 'prepare')).toEqual([
      { type: 'prepare', number: 1 },
      { type: 'prepare', number: 2 },
    ])
    machine.feed({ type: 'sent', number: 2 })
    expect(machine.feed({ type: 'sent', number: 1 })).toEqual([{ type: 'release', number: 1 }, { type: 'complete' }])
  })

  test('parts that the server misses are sent again, for a bounded number of rounds', () => {
    const machine = new Machine(shape(1))
    const missing = { type: 'completeFailed', failure: 'incomplete', missing: [1], atMs: 0, error } as const
    machine.bring(1)
    machine.feed({ type: 'sent', number: 1 })
    for (let round = 1; round <= MISSING_ROUNDS; round += 1) {
      expect(machine.feed(missing)).toEqual([{ type: 'prepare', number: 1 }])
      machine.bring(1)
      machine.feed({ type: 'sent', number: 1 })
    }
    machine.feed(missing)
    expect(machine.state.phase).toBe('failed')
  })
})

describe('an end', () => {
  test('a cancel stops what is in flight, tells the server, and ignores what comes late', () => {
    const machine = new Machine(shape(2))
    machine.bring(1)
    expect(machine.feed({ type: 'cancelled', error: cancelled })).toEqual([{ type: 'stop' }, { type: 'abort' }])
    expect(machine.feed({ type: 'sent', number: 1 })).toEqual([])
    machine.feed({ type: 'aborted' })
    expect(machine.state.phase).toBe('aborted')
  })

  test('a source that changed is given up on the server too, and the upload has failed', () => {
    const machine = new Machine(shape(2))
    const changed = new BellhopError('SOURCE_CHANGED')
    expect(machine.feed({ type: 'sourceFailed', worthless: true, error: changed })).toEqual([
      { type: 'stop' },
      { type: 'abort' },
    ])
    machine.feed({ type: 'aborted' })
    expect(machine.state).toMatchObject({ phase: 'failed', error: changed })
  })

  test('completing is repeated while the server is busy or away', () => {
    const machine = new Machine(shape(1, { arrived: new Set([1]) }))
    const busy = { type: 'completeFailed', failure: 'busy', missing: [], atMs: 0, error } as const
    expect(machine.feed(busy)).toEqual([{ type: 'restComplete', failures: 1, busy: true }])
    expect(machine.feed({ type: 'completeRested' })).toEqual([{ type: 'complete' }])
    expect(machine.feed({ ...busy, failure: 'transient' })).toEqual([
      { type: 'restComplete', failures: 2, busy: false },
    ])
  })
})

describe('a pause', () => {
  test('halts what is on its way, keeps what was read and the keys, and goes on from there', () => {
    const machine = new Machine(shape(9))
    machine.bring(1)
    machine.bring(2)
    expect(machine.feed({ type: 'paused' })).toEqual([{ type: 'halt' }])
    expect(machine.feed({ type: 'prepared', number: 3 })).toEqual([])
    expect(machine.feed({ type: 'unpaused' })).toEqual([
      { type: 'prepare', number: 4 },
      { type: 'send', number: 1 },
      { type: 'send', number: 2 },
      { type: 'sign', numbers: [3] },
    ])
  })

  test('forgets how long parts were failing, and can be cancelled', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', atMs: 0, error })
    machine.feed({ type: 'paused' })
    machine.feed({ type: 'unpaused' })
    machine.feed({ type: 'signed', numbers: [1] })
    machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', atMs: 2 * PATIENCE_MS, error })
    expect(machine.state.phase).toBe('sending')
    machine.feed({ type: 'paused' })
    expect(machine.feed({ type: 'cancelled', error: cancelled })).toEqual([{ type: 'stop' }, { type: 'abort' }])
  })

  test('comes too late once everything has arrived', () => {
    const machine = new Machine(shape(1, { arrived: new Set([1]) }))
    expect(machine.feed({ type: 'paused' })).toEqual([])
    expect(machine.state.phase).toBe('completing')
  })
})

describe('whom it waits for', () => {
  test('the store while every part fails; nobody while one is on its way for the first time', () => {
    const machine = new Machine(shape(2))
    machine.bring(1)
    machine.bring(2)
    machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', atMs: 0, error })
    expect(awaited(machine.state)).toBeNull()
    machine.feed({ type: 'sendFailed', number: 2, failure: 'transient', atMs: 0, error })
    expect(awaited(machine.state)).toBe('store')
    machine.feed({ type: 'partRested', number: 1 })
    expect(awaited(machine.state)).toBe('store')
    machine.feed({ type: 'sent', number: 1 })
    machine.feed({ type: 'partRested', number: 2 })
    machine.feed({ type: 'sent', number: 2 })
    expect(awaited(machine.state)).toBeNull()
  })

  test('the server while it gives no keys, or does not complete; the store when the server says so', () => {
    const machine = new Machine(shape(1))
    machine.feed({ type: 'prepared', number: 1 })
    machine.feed({ type: 'signFailed', numbers: [1], transient: true, atMs: 0, error })
    expect(awaited(machine.state)).toBe('server')
    const completing = new Machine(shape(1, { arrived: new Set([1]) }))
    const away = new BellhopError('STORE_UNAVAILABLE')
    completing.feed({ type: 'completeFailed', failure: 'transient', missing: [], atMs: 0, error: away })
    expect(awaited(completing.state)).toBe('store')
  })

  test('the rate limit while the server says so, also with a part that the store failed before', () => {
    const machine = new Machine(shape(1))
    const limited = new BellhopError('RATE_LIMITED')
    machine.bring(1)
    for (let failures = 1; failures <= 2; failures += 1) {
      machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', atMs: 0, error })
      machine.feed({ type: 'partRested', number: 1 })
    }
    expect(awaited(machine.state)).toBe('store')
    machine.feed({ type: 'signFailed', numbers: [1], transient: true, atMs: 0, error: limited })
    expect(awaited(machine.state)).toBe('rate-limit')
    machine.feed({ type: 'signRested' })
    expect(awaited(machine.state)).toBe('rate-limit')
    machine.feed({ type: 'signed', numbers: [1] })
    machine.feed({ type: 'sent', number: 1 })
    expect(awaited(machine.state)).toBeNull()
  })
})

/** A world that carries effects out in any order and with any outcome, and watches what it is asked to do. */
class World {
  readonly #machine: Machine
  readonly #shape: UploadShape
  readonly #open: UploadEffect[] = []
  readonly #sending = new Set<number>()
  readonly #held = new Set<number>()
  readonly #keyed = new Set<number>()
  readonly #delivered = new Map<number, number>()
  readonly #missing = new Set<number>()
  readonly #compared = new Set<number>()
  readonly #ends: string[] = []
  /** The widest that it was allowed so far. */
  #pool: number

  constructor(of: UploadShape) {
    this.#shape = of
    this.#pool = of.pool
    this.#machine = new Machine(of)
    this.#take(this.#machine.effects)
  }

  get ends(): readonly string[] {
    return this.#ends
  }

  /** `pick` chooses what happens next, `luck` from 0 (bad) to 1 how it ends. */
  step(pick: number, luck: number): void {
    const index = Math.floor(pick * this.#open.length)
    const effect = this.#open[index]
    if (!effect) return
    this.#open.splice(index, 1)
    this.#take(this.#machine.feed(this.#outcome(effect, luck)))
  }

  /** Nothing that was on its way over the network is heard of again. */
  pause(): void {
    this.#take(this.#machine.feed({ type: 'paused' }))
  }

  goOn(): void {
    this.#take(this.#machine.feed({ type: 'unpaused' }))
  }

  pace(pool: number): void {
    this.#pool = Math.max(this.#pool, pool)
    this.#take(this.#machine.feed({ type: 'paced', pool }))
  }

  cancel(): void {
    this.#take(this.#machine.feed({ type: 'cancelled', error: cancelled }))
  }

  /** Nothing is left to happen. */
  get idle(): boolean {
    return this.#open.length === 0
  }

  expectArrivedOnce(): void {
    for (let number = 1; number <= (this.#shape.partCount ?? 0); number += 1) {
      expect(this.#shape.arrived.has(number) && !this.#missing.has(number) ? 1 : this.#delivered.get(number)).toBe(1)
    }
  }

  #outcome(effect: UploadEffect, luck: number): UploadEvent {
    switch (effect.type) {
      case 'prepare':
        if (luck < 0.005) return { type: 'sourceFailed', worthless: luck < 0.002, error }
        return { type: 'prepared', number: effect.number }
      case 'compare':
        this.#compared.add(effect.number)
        return { type: 'compared', number: effect.number }
      case 'sign':
        if (luck < 0.1) return { type: 'signFailed', numbers: effect.numbers, transient: luck > 0.01, atMs: 0, error }
        for (const number of effect.numbers) this.#keyed.add(number)
        return { type: 'signed', numbers: effect.numbers }
      case 'send':
        return this.#sendOutcome(effect.number, luck)
      case 'complete':
        return this.#completeOutcome(luck)
      case 'restPart':
        return { type: 'partRested', number: effect.number }
      case 'restSign':
        return { type: 'signRested' }
      case 'restComplete':
        return { type: 'completeRested' }
      case 'abort':
        return { type: 'aborted' }
      default:
        throw new Error(`${effect.type} has no outcome`)
    }
  }

  #sendOutcome(number: number, luck: number): UploadEvent {
    this.#sending.delete(number)
    if (luck < 0.01) return { type: 'sendFailed', number, failure: 'refused', atMs: 0, error }
    if (luck < 0.1) {
      this.#keyed.delete(number)
      return { type: 'sendFailed', number, failure: 'expired', atMs: 0, error }
    }
    if (luck < 0.12) {
      this.#keyed.delete(number)
      return { type: 'sendFailed', number, failure: 'late', atMs: 0, error }
    }
    if (luck < 0.15) return { type: 'sendFailed', number, failure: 'corrupt', atMs: 0, error }
    if (luck < 0.3) return { type: 'sendFailed', number, failure: 'transient', atMs: 0, error }
    this.#delivered.set(number, (this.#delivered.get(number) ?? 0) + 1)
    return { type: 'sent', number }
  }

  #completeOutcome(luck: number): UploadEvent {
    this.expectArrivedOnce()
    for (const number of this.#shape.toCompare) expect(this.#compared.has(number)).toBe(true)
    if (luck < 0.05) return { type: 'completeFailed', failure: 'refused', missing: [], atMs: 0, error }
    if (luck < 0.15) return { type: 'completeFailed', failure: 'busy', missing: [], atMs: 0, error }
    if (luck < 0.25) return { type: 'completeFailed', failure: 'transient', missing: [], atMs: 0, error }
    if (luck < 0.4) {
      const number = 1 + (Math.floor(luck * 1e6) % (this.#shape.partCount ?? 1))
      this.#delivered.delete(number)
      this.#missing.add(number)
      return { type: 'completeFailed', failure: 'incomplete', missing: [number], atMs: 0, error }
    }
    return { type: 'completed' }
  }

  #take(effects: readonly UploadEffect[]): void {
    if (this.#ends.length > 0) {
      expect(effects).toEqual([])
      return
    }
    for (const effect of effects) {
      if (effect.type === 'prepare') this.#held.add(effect.number)
      if (effect.type === 'sign') {
        expect(effect.numbers.length).toBeLessThanOrEqual(LIMITS.partsPerSigning)
        expect(this.#open.filter(({ type }) => type === 'sign')).toEqual([])
        for (const number of effect.numbers) expect(this.#held.has(number)).toBe(true)
      }
      if (effect.type === 'send') {
        expect(this.#sending.has(effect.number)).toBe(false)
        expect(this.#keyed.has(effect.number)).toBe(true)
        this.#sending.add(effect.number)
      }
      if (effect.type === 'release') this.#held.delete(effect.number)
      else if (effect.type === 'stop') this.#open.length = 0
      else if (effect.type === 'halt') {
        this.#sending.clear()
        const local = this.#open.filter(({ type }) => type === 'prepare' || type === 'compare')
        this.#open.splice(0, Infinity, ...local)
      } else this.#open.push(effect)
    }
    expect(this.#sending.size).toBeLessThanOrEqual(this.#pool)
    expect(this.#held.size).toBeLessThanOrEqual(this.#shape.window)
    if (isUploadEnded(this.#machine.state)) {
      this.#open.length = 0
      this.#ends.push(this.#machine.state.phase)
    }
  }
}

const unit = fc.double({ min: 0, max: 0.999_999, noNaN: true })

test('over any order of events and any failures, every part arrives once and the upload ends once', () => {
  fc.assert(
    fc.property(
      fc.record({ partCount: fc.integer({ min: 1, max: 20 }), pool: fc.integer({ min: 1, max: 6 }) }),
      fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
      fc.array(fc.tuple(unit, unit), { maxLength: 400 }),
      fc.option(fc.nat(400)),
      ({ partCount, pool }, arrived, steps, cancelAt) => {
        const there = arrived.filter((number) => number <= partCount)
        const world = new World(
          shape(partCount, {
            pool,
            window: pool + 2,
            arrived: new Set(there),
            toCompare: there.filter((number) => number % 2 === 0),
            firstKeys: 1 + (pool % 3),
          }),
        )
        for (const [index, [pick, luck]] of steps.entries()) {
          if (index === cancelAt) world.cancel()
          if (index % 17 === 7) world.pause()
          if (index % 17 === 9) world.goOn()
          if (index % 23 === 5) world.pace(1 + Math.floor(luck * pool))
          world.step(pick, luck)
        }
        // From here on all goes well: it must come to an end by itself.
        world.goOn()
        for (let rest = 0; rest < 400 && !world.idle; rest += 1) world.step(0, 0.999)
        expect(world.ends).toHaveLength(1)
      },
    ),
    { numRuns: 400 },
  )
})
