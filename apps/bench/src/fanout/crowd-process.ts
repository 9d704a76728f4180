import { once } from 'node:events'
import { WebSocket } from 'ws'
import { nowMs } from './messages.ts'
import type { FromCrowd, Room, ToCrowd } from './messages.ts'

/** So many handshakes on their way at once. */
const OPENING = 20
const SUBSCRIBE = JSON.stringify({ id: 1, method: 'subscription', params: { path: 'jobs.feed' } })

/** Sockets that watch one room, and as little besides as speaking the protocol takes. */
class Audience {
  readonly #room: Room
  /** By the number of a socket: what it was last told to expect has come. */
  readonly #has: boolean[] = []
  #marker: string | undefined
  #missing = 0
  #firstAtMs = 0

  constructor(room: Room) {
    this.#room = room
  }

  async open(url: string, apiKey: string, count: number): Promise<void> {
    let left = count
    const opener = async () => {
      while (left-- > 0) await this.#openOne(url, apiKey)
    }
    await Promise.all(Array.from({ length: OPENING }, opener))
    tell({ type: 'opened', room: this.#room })
  }

  expect(marker: string): void {
    this.#marker = marker
    this.#has.fill(false)
    this.#missing = this.#has.length
    this.#firstAtMs = 0
    tell({ type: 'expecting', room: this.#room })
  }

  async #openOne(url: string, apiKey: string): Promise<void> {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${apiKey}` }, perMessageDeflate: false })
    socket.on('error', fail)
    socket.on('close', (code, reason) =>
      fail(new Error(`A socket of ${this.#room} was closed: ${code} ${reason.toString()}`)),
    )
    await once(socket, 'open')
    const index = this.#has.push(false) - 1
    if (this.#room === 'bellhop') {
      const started = once(socket, 'message')
      socket.send(SUBSCRIBE)
      await started
    }
    socket.on('message', (data: Buffer) => this.#take(socket, index, data))
  }

  #take(socket: WebSocket, index: number, data: Buffer): void {
    if (data.length === 4 && data.toString() === 'PING') return socket.send('PONG')
    if (this.#marker === undefined || this.#has[index] || !data.includes(this.#marker)) return
    this.#has[index] = true
    this.#missing -= 1
    this.#firstAtMs ||= nowMs()
    if (this.#missing > 0) return
    tell({
      type: 'got',
      room: this.#room,
      firstAtMs: this.#firstAtMs,
      lastAtMs: nowMs(),
      text: data.toString(),
    })
  }
}

const audiences: Readonly<Record<Room, Audience>> = { bellhop: new Audience('bellhop'), raw_ws: new Audience('raw_ws') }

function tell(message: FromCrowd): void {
  process.send?.(message)
}

function fail(error: Error): void {
  tell({ type: 'failed', reason: error.message })
}

process.on('message', (message: ToCrowd) => {
  const audience = audiences[message.room]
  if (message.type === 'expect') audience.expect(message.marker)
  else audience.open(message.url, message.apiKey, message.count).catch(fail)
})
process.on('disconnect', () => process.exit(0))
