import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PlannedRendition, RenditionTask } from '../../src/processors/media/make-rendition.ts'
import type { Comparison, MeasureRequest, Opened } from './measure-media.ts'

export interface Comparer extends AsyncDisposable {
  /** Decodes both and compares them; of the frames each `every`th by its look. */
  compare(source: string, encoded: string, options?: { every?: number }): Promise<Comparison>
  /** What the child of a rendition does, in this process: it need not start. */
  render(task: RenditionTask): Promise<PlannedRendition>
  /** Opens each as a source is opened. */
  open(paths: readonly string[]): Promise<Opened[]>
}

/** The engine in a process of its own, for one question after the other. */
export function openComparer(): Comparer {
  const child = fork(fileURLToPath(new URL('measure-media.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const ask = async (request: MeasureRequest): Promise<unknown> => {
    child.send(request)
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
    if (typeof said === 'object' && said !== null) return said
    throw new Error(`The engine could not answer: ${String(said)}.`)
  }
  return {
    compare: async (source, encoded, { every = 1 } = {}) => (await ask({ source, encoded, every })) as Comparison,
    open: async (paths) => (await ask({ open: paths })) as Opened[],
    render: async (task) => (await ask({ render: task })) as PlannedRendition,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
