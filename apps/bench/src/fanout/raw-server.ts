import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { FromRawServer, ToRawServer } from './messages.ts'

/** Sends what it is told to every socket. A process of its own, as Bellhop's server is. */
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  const ready: FromRawServer = { type: 'listening', port: (sockets.address() as AddressInfo).port }
  process.send?.(ready)
})
process.on('message', ({ text }: ToRawServer) => {
  for (const socket of sockets.clients) socket.send(text)
})
process.on('disconnect', () => process.exit(0))
