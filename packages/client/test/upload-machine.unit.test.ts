import { LIMITS } from '@bellhop/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TRANSFER_BACK_OFF } from '../src/back-off.ts'
import { BellhopError } from '../src/bellhop-error.ts'
import { MISSING_ROUNDS, REISSUES_PER_PART, stepUpload } from '../src/upload/machine.ts'
import { isUploadEnded, uploadStateOf } from '../src/upload/upload-state.ts'
import type { UploadEffect, UploadEvent, UploadShape, UploadState } from '../src/upload/upload-state.ts'

const error = new BellhopError('NETWORK')
const cancelled = new BellhopError('ABORTED')

function shape(partCount: number, over: Partial<UploadShape> = {}): UploadShape {
  return { partCount, arrived: new Set(), pool: 2, window: 4, ...over }
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
      expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'expired', error })).toEqual([
        { type: 'sign', numbers: [1] },
      ])
    }
    machine.feed({ type: 'signed', numbers: [1] })
    expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'expired', error })).toEqual([{ type: 'stop' }])
    expect(machine.state.phase).toBe('failed')
  })

  test('that breaks rests as long as the store asks, keeps its key once, and then asks for another', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    const failed = { type: 'sendFailed', number: 1, failure: 'transient', error, atLeastMs: 700 } as const
    expect(machine.feed(failed)).toEqual([{ type: 'restPart', number: 1, failures: 1, atLeastMs: 700 }])
    expect(machine.feed({ type: 'partRested', number: 1 })).toEqual([{ type: 'send', number: 1 }])
    machine.feed(failed)
    expect(machine.feed({ type: 'partRested', number: 1 })).toEqual([{ type: 'sign', numbers: [1] }])
  })

  test('that breaks again and again fails the upload', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    for (let failures = 1; failures < TRANSFER_BACK_OFF.attempts; failures += 1) {
      machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', error })
      machine.feed({ type: 'partRested', number: 1 })
      machine.feed({ type: 'signed', numbers: [1] })
    }
    expect(machine.state.phase).toBe('sending')
    machine.feed({ type: 'sendFailed', number: 1, failure: 'transient', error })
    expect(machine.state).toMatchObject({ phase: 'failed', error })
  })

  test('that arrived as other bytes is read and hashed again', () => {
    const machine = new Machine(shape(1))
    machine.bring(1)
    expect(machine.feed({ type: 'sendFailed', number: 1, failure: 'corrupt', error })).toEqual([
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

  test('keys are asked for together while another request for keys is under way', () => {
    const machine = new Machine(shape(9, { pool: 1, window: 4 }))
    for (const number of [1, 2, 3, 4]) machine.feed({ type: 'prepared', number })
    expect(machine.effects.filter(({ type }) => type === 'sign')).toEqual([{ type: 'sign', numbers: [1] }])
    expect(machine.feed({ type: 'signed', numbers: [1] })).toEqual([
      { type: 'sign', numbers: [2, 3, 4] },
      { type: 'send', number: 1 },
    ])
  })

  test('parts that the server misses are sent again, for a bounded number of rounds', () => {
    const machine = new Machine(shape(1))
    const missing = { type: 'completeFailed', failure: 'incomplete', missing: [1], error } as const
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
    expect(machine.feed({ type: 'sourceFailed', error: changed })).toEqual([{ type: 'stop' }, { type: 'abort' }])
    machine.feed({ type: 'aborted' })
    expect(machine.state).toMatchObject({ phase: 'failed', error: changed })
  })

  test('completing is repeated while the server is busy or away', () => {
    const machine = new Machine(shape(1, { arrived: new Set([1]) }))
    const busy = { type: 'completeFailed', failure: 'busy', missing: [], error } as const
    expect(machine.feed(busy)).toEqual([{ type: 'restComplete', failures: 1, busy: true }])
    expect(machine.feed({ type: 'completeRested' })).toEqual([{ type: 'complete' }])
    expect(machine.feed({ ...busy, failure: 'transient' })).toEqual([
      { type: 'restComplete', failures: 2, busy: false },
    ])
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
  readonly #ends: string[] = []

  constructor(of: UploadShape) {
    this.#shape = of
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

  cancel(): void {
    this.#take(this.#machine.feed({ type: 'cancelled', error: cancelled }))
  }

  /** Nothing is left to happen. */
  get idle(): boolean {
    return this.#open.length === 0
  }

  expectArrivedOnce(): void {
    for (let number = 1; number <= this.#shape.partCount; number += 1) {
      expect(this.#shape.arrived.has(number) && !this.#missing.has(number) ? 1 : this.#delivered.get(number)).toBe(1)
    }
  }

  #outcome(effect: UploadEffect, luck: number): UploadEvent {
    switch (effect.type) {
      case 'prepare':
        if (luck < 0.005) return { type: 'sourceFailed', error }
        return { type: 'prepared', number: effect.number }
      case 'sign':
        if (luck < 0.1) return { type: 'signFailed', numbers: effect.numbers, transient: luck > 0.01, error }
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
    if (luck < 0.01) return { type: 'sendFailed', number, failure: 'refused', error }
    if (luck < 0.1) {
      this.#keyed.delete(number)
      return { type: 'sendFailed', number, failure: 'expired', error }
    }
    if (luck < 0.15) return { type: 'sendFailed', number, failure: 'corrupt', error }
    if (luck < 0.3) return { type: 'sendFailed', number, failure: 'transient', error }
    this.#delivered.set(number, (this.#delivered.get(number) ?? 0) + 1)
    return { type: 'sent', number }
  }

  #completeOutcome(luck: number): UploadEvent {
    this.expectArrivedOnce()
    if (luck < 0.05) return { type: 'completeFailed', failure: 'refused', missing: [], error }
    if (luck < 0.15) return { type: 'completeFailed', failure: 'busy', missing: [], error }
    if (luck < 0.25) return { type: 'completeFailed', failure: 'transient', missing: [], error }
    if (luck < 0.4) {
      const number = 1 + (Math.floor(luck * 1e6) % this.#shape.partCount)
      this.#delivered.delete(number)
      this.#missing.add(number)
      return { type: 'completeFailed', failure: 'incomplete', missing: [number], error }
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
      else this.#open.push(effect)
    }
    expect(this.#sending.size).toBeLessThanOrEqual(this.#shape.pool)
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
        const world = new World({
          partCount,
          pool,
          window: pool + 2,
          arrived: new Set(arrived.filter((number) => number <= partCount)),
        })
        for (const [index, [pick, luck]] of steps.entries()) {
          if (index === cancelAt) world.cancel()
          world.step(pick, luck)
        }
        // From here on all goes well: it must come to an end by itself.
        for (let rest = 0; rest < 400 && !world.idle; rest += 1) world.step(0, 0.999)
        expect(world.ends).toHaveLength(1)
      },
    ),
    { numRuns: 400 },
  )
})
