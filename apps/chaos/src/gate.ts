import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

const HOST = '127.0.0.1'

export interface GateOptions {
  /** Where connections go, in turns; those that are away are passed over. */
  readonly ports: () => readonly number[]
  /** Of what comes back, on each connection; as fast as it can without it. */
  readonly bytesPerSecond?: number
}

/** A TCP door that stays at one address while what is behind it comes and goes: a load balancer, or a slow link. */
export class Gate implements AsyncDisposable {
  readonly #server: Server
  readonly #options: GateOptions
  readonly #sockets = new Set<Socket>()
  #turn = 0

  private constructor(server: Server, options: GateOptions) {
    this.#server = server
    this.#options = options
    server.on('connection', (socket) => void this.#carry(socket))
  }

  static async open(options: GateOptions): Promise<Gate> {
    const server = createServer({ pauseOnConnect: true }).listen(0, HOST)
    await once(server, 'listening')
    return new Gate(server, options)
  }

  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #carry(near: Socket): Promise<void> {
    this.#keep(near)
    const ports = this.#options.ports()
    for (let tried = 0; tried < ports.length; tried++) {
      const port = ports[this.#turn++ % ports.length]
      const far = port === undefined ? undefined : await dial(port)
      if (!far) continue
      this.#keep(far)
      near.once('close', () => far.destroy())
      far.once('close', () => near.destroy())
      near.pipe(far)
      this.#carryBack(far, near)
      return
    }
    near.destroy()
  }

  #carryBack(far: Socket, near: Socket): void {
    const { bytesPerSecond } = this.#options
    if (bytesPerSecond === undefined) return void far.pipe(near)
    far.on('data', (chunk) => {
      near.write(chunk)
      far.pause()
      setTimeout(() => far.resume(), (chunk.length / bytesPerSecond) * 1000)
    })
    far.once('end', () => near.end())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    // What breaks a connection closes it, and its other half with it.
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }
}

async function dial(port: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: HOST })
  try {
    await once(socket, 'connect')
    return socket
  } catch {
    return undefined
  }
}
