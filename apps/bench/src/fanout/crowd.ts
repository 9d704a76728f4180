import { readFileSync } from 'node:fs'
import { Child } from './child.ts'
import { nowMs } from './messages.ts'
import type { FromCrowd, Room, ToCrowd } from './messages.ts'

const PROCESSES = 2
/** Of one process, for all that is not a watcher's socket. */
const SPARE_FILES = 500
/** Handshakes take the server's time as well. */
const OPENS_WITHIN_MS = 240_000
const ARRIVES_WITHIN_MS = 30_000

export interface Arrival {
  /** From the cause to the first who had it, and to the last. */
  readonly firstMs: number
  readonly lastMs: number
  /** As one of them received it. */
  readonly text: string
}

/** All who watch, in processes of their own, so that the server's memory is the server's. */
export class Crowd implements AsyncDisposable {
  readonly #children = Array.from({ length: PROCESSES }, () => new Child<ToCrowd, FromCrowd>('./crowd-process.ts'))
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** So many more sockets, open and subscribed. */
  async open(room: Room, url: string, apiKey: string, more: number): Promise<void> {
    const signal = this.#within(OPENS_WITHIN_MS)
    await Promise.all(
      this.#children.map(async (child, index) => {
        const count = Math.floor((more + index) / PROCESSES)
        const opened = child.next('opened', (message) => message.room === room, signal)
        child.send({ type: 'open', room, url, apiKey, count })
        await opened
      }),
    )
  }

  /** Makes something happen, and waits until every socket of the room has a message with the marker in it. */
  async everybodyHas(room: Room, marker: string, cause: () => Promise<void>): Promise<Arrival> {
    const signal = this.#within(ARRIVES_WITHIN_MS)
    const ofRoom = (message: { readonly room: Room }) => message.room === room
    const got = this.#children.map((child) => child.next('got', ofRoom, signal))
    // Awaited last; until then a rejection is nobody's.
    for (const each of got) each.catch(() => {})
    await Promise.all(
      this.#children.map(async (child) => {
        const expecting = child.next('expecting', ofRoom, signal)
        child.send({ type: 'expect', room, marker })
        await expecting
      }),
    )
    const causedAtMs = nowMs()
    await cause()
    const arrivals = await Promise.all(got)
    return {
      firstMs: Math.min(...arrivals.map((arrival) => arrival.firstAtMs)) - causedAtMs,
      lastMs: Math.max(...arrivals.map((arrival) => arrival.lastAtMs)) - causedAtMs,
      text: arrivals[0]?.text ?? '',
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((child) => child[Symbol.asyncDispose]()))
  }

  #within(ms: number): AbortSignal {
    return AbortSignal.any([this.#signal, AbortSignal.timeout(ms)])
  }
}

/**
 * Node raises its limit of open files to the hard one by itself; past that only the person can.
 * Linux only; elsewhere nothing is checked.
 */
export function checkOpenFiles(watchers: number): void {
  const needed = watchers + SPARE_FILES
  let limits: string
  try {
    limits = readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return
  }
  const [, hard = 'unlimited'] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? []
  if (hard === 'unlimited' || Number(hard) >= needed) return
  throw new Error(
    `${watchers} watchers need ${needed} open files in one process and the limit is ${hard}; raise it with \`ulimit -Hn\`, or give --small.`,
  )
}
