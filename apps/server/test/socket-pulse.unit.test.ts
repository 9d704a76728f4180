import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { keepPulse } from '../src/socket-pulse.ts'

const TURN_MS = 15_000

let server: WebSocketServer
let pulse: Disposable
let url: string
beforeAll(async () => {
  // The test turns the clock; sockets and what comes after reading them are real.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  pulse = keepPulse(server, TURN_MS)
})
afterAll(() => {
  pulse[Symbol.dispose]()
  for (const socket of server.clients) socket.terminate()
  server.close()
  vi.useRealTimers()
})

const turn = () => vi.advanceTimersByTime(TURN_MS)

/** Both ends of a new socket. */
async function connect(options: { autoPong: boolean }): Promise<{ there: WebSocket; here: WebSocket }> {
  const connected = once(server, 'connection') as Promise<[WebSocket]>
  const there = new WebSocket(url, options)
  await once(there, 'open')
  return { there, here: (await connected)[0] }
}

test('a socket whose other end says nothing for a turn is dropped, and one that answers is kept', async () => {
  const gone = await connect({ autoPong: false })
  const living = await connect({ autoPong: true })
  const answered = once(living.here, 'pong')
  turn()
  await answered
  const dropped = once(gone.there, 'close')
  turn()
  await dropped
  expect(living.here.readyState).toBe(WebSocket.OPEN)
})

test('a socket that does not answer pings but writes is kept', async () => {
  const { there, here } = await connect({ autoPong: false })
  for (let turns = 0; turns < 3; turns++) {
    const pinged = once(there, 'ping')
    turn()
    await pinged
    there.send('still here')
    await once(here, 'message')
  }
  expect(here.readyState).toBe(WebSocket.OPEN)
})

test('a socket whose answer has arrived, but was not read for the process was busy, is kept', async () => {
  const { there, here } = await connect({ autoPong: true })
  const pinged = once(there, 'ping')
  turn()
  await pinged
  // The answer is written by now and unread. Timers come before what is read, so the next turn is due first.
  const pingedAgain = once(there, 'ping')
  setTimeout(turn, 1)
  for (const busyUntil = performance.now() + 5; performance.now() < busyUntil;);
  await pingedAgain
  expect(here.readyState).toBe(WebSocket.OPEN)
})
