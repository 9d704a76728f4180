import { once } from 'node:events'
import type { JobSnapshot } from '@bellhop/model'
import { WebSocket } from 'ws'

interface Message {
  readonly id: number | null
  readonly result?: { readonly type: string; readonly data?: { readonly id: string; readonly data: JobSnapshot } }
  readonly error?: { readonly data: { readonly appCode: string } }
}

/** A client of the contract over one WebSocket that takes no care of anything. */
export class Subscriber {
  readonly socket: WebSocket
  readonly messages: Message[] = []
  #next = 1

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8')
      if (text === 'PING') socket.send('PONG')
      else this.messages.push(JSON.parse(text) as Message)
    })
    socket.on('error', () => {})
  }

  static async open(url: string, key: string): Promise<Subscriber> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: { authorization: `Bearer ${key}` } })
    await once(socket, 'open')
    return new Subscriber(socket)
  }

  subscribe(path: string, input: unknown = {}): number {
    const id = this.#next++
    this.socket.send(JSON.stringify({ id, method: 'subscription', params: { path, input } }))
    return id
  }

  stop(id: number): void {
    this.socket.send(JSON.stringify({ id, method: 'subscription.stop' }))
  }

  /** What this subscription was told, in order. */
  heard(id: number): Message[] {
    return this.messages.filter((message) => message.id === id)
  }

  states(id: number): JobSnapshot[] {
    return this.heard(id).flatMap(({ result }) => (result?.data ? [result.data.data] : []))
  }
}
