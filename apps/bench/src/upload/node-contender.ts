import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FileId } from '@bellhop/model'
import type { Contender, Job, Sent } from './contender.ts'
import { ResidentWatch } from './resident-watch.ts'
import type { World } from './world.ts'

const CLIENT = fileURLToPath(new URL('./node-client.ts', import.meta.url))

export const NODE_CONTENDERS = ['sdk', 'raw_bound', 'raw_unbound', 'lib_storage_default', 'lib_storage_tuned'] as const
type NodeContenderName = (typeof NODE_CONTENDERS)[number]

/** Where Bellhop and its store are, and how its keys are bound. */
export type NodeWorld = Pick<World, 'url' | 'apiKey' | 'store' | 'binding'>

export interface NodeOrder extends NodeWorld, Omit<Job, 'signal' | 'onReady'> {
  readonly contender: NodeContenderName
}

export type NodeAnswer =
  | { readonly seconds: number; readonly fileId?: FileId; readonly failed?: undefined }
  | { readonly failed: string }

/** A client of Node in a process of its own: its memory is its own, and it is warm after its first upload. */
export class NodeContender implements Contender, AsyncDisposable {
  readonly #name: NodeContenderName
  readonly #world: NodeWorld
  readonly #child: ChildProcess

  constructor(name: NodeContenderName, world: NodeWorld) {
    this.#name = name
    this.#world = world
    this.#child = fork(CLIENT)
  }

  async send({ onReady, signal, ...job }: Job): Promise<Sent> {
    await onReady()
    using memory = new ResidentWatch([this.#child.pid ?? 0])
    const ended = new AbortController()
    const onExit = () => ended.abort(new Error(`The process of ${this.#name} ended in the middle of an upload.`))
    this.#child.once('exit', onExit)
    try {
      const answered = once(this.#child, 'message', { signal: AbortSignal.any([signal, ended.signal]) })
      this.#child.send({ contender: this.#name, ...this.#world, ...job } satisfies NodeOrder)
      const [answer] = (await answered) as [NodeAnswer]
      if (answer.failed !== undefined) throw new Error(`${this.#name}: ${answer.failed}`)
      return { ...answer, peakBytes: memory.peakBytes }
    } finally {
      this.#child.off('exit', onExit)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill()
    await exited
  }
}
