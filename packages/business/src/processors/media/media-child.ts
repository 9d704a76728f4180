import { Worker } from 'node:worker_threads'
import type { ChildReport } from '../child/message.ts'
import { serveTask } from '../child/serve-task.ts'
import { engineMissing } from './media-error.ts'
import type { MediaTask } from './media-task.ts'

async function doTask(task: MediaTask, report: ChildReport): Promise<unknown> {
  const watch = { workerPid: task.workerPid, maxBytes: task.maxBytes }
  new Worker(new URL('../child/parent-watch.ts', import.meta.url), { workerData: watch }).unref()
  const { runTask } = await import('./run-task.ts').catch((cause: unknown) => {
    throw engineMissing(cause)
  })
  return runTask(task, report)
}

serveTask(doTask)
