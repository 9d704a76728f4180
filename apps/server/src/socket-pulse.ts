import type { WebSocket, WebSocketServer } from 'ws'

/**
 * Drops the sockets whose other end is gone: each is pinged every `everyMs`, and dropped when a whole turn has brought
 * nothing from it. A timer alone would not do: one that came due while the process was busy fires before it reads the
 * answers that have long arrived, and would drop thousands of living sockets at once.
 */
export function keepPulse(sockets: WebSocketServer, everyMs: number): Disposable {
  const silent = new WeakSet<WebSocket>()
  // One for all sockets, of which there are thousands.
  function heard(this: WebSocket): void {
    silent.delete(this)
  }
  const onConnection = (socket: WebSocket) => {
    socket.on('pong', heard)
    socket.on('message', heard)
  }
  sockets.on('connection', onConnection)
  const look = () => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }
  // Immediates come after what has arrived was read.
  const clock = setInterval(() => setImmediate(look), everyMs)
  return {
    [Symbol.dispose]: () => {
      clearInterval(clock)
      sockets.off('connection', onConnection)
    },
  }
}
