import { Worker } from 'node:worker_threads'
import type { Kind } from '@bellhop/kind'
import { InputFault } from '../processors/child/input-fault.ts'
import type { ChildReport } from '../processors/child/message.ts'
import { serveTask } from '../processors/child/serve-task.ts'
import { WorkerLine } from '../processors/child/worker-line.ts'
import { importKind } from './kind-imports.ts'
import type { KindTask } from './kind-message.ts'
import { kindRun, logConsole } from './kind-run.ts'

async function runKind(task: KindTask, report: ChildReport): Promise<unknown> {
  const workerData = { workerPid: task.workerPid }
  new Worker(new URL('../processors/child/parent-watch.ts', import.meta.url), { workerData }).unref()
  logConsole()
  const line = new WorkerLine()
  // The worker has proved that it is one.
  const kind = (await importKind(task.path)) as Kind
  try {
    return (await kind.run(kindRun(kind, task, line, report))) ?? null
  } catch (error) {
    throw inputFault(error)
  }
}

/** By name: the file may have a copy of the class of its own. */
function inputFault(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'JobInputError' || !('code' in error)) return error
  return new InputFault(String(error.code), error.message, { cause: error })
}

serveTask(runKind)
