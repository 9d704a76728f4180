import process from 'node:process'
import { InputFault } from './input-fault.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import type { ChildMessage, ChildReport } from './message.ts'
import { killGroup } from './process-group.ts'

/** A child that is killed has told of all it used but for the last of these. */
const CPU_EVERY_MS = 500

/**
 * The whole life of a child process: one task comes over IPC, `run` does it, the answer goes back, and the parent ends us.
 * When the parent dies the channel closes and we go at once with all that we have started, whatever native code is busy on
 * other threads.
 */
export function serveTask(run: (task: never, report: ChildReport) => Promise<unknown>): void {
  process.once('disconnect', () => killGroup(process.pid))
  process.once('message', (task) => {
    const report: ChildReport = {
      progress: (fraction, stage) => say({ type: 'progress', fraction, stage }),
      advance: (stage, done, total) => say({ type: 'advance', stage, done, total }),
    }
    const sayCpu = () => say({ type: 'cpu', seconds: cpuSeconds() })
    setInterval(sayCpu, CPU_EVERY_MS).unref()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `runInChild` types what it sends; they are one program
    run(task as never, report)
      .then((result): ChildMessage<unknown> => ({ type: 'done', result }))
      .catch(failure)
      .finally(sayCpu)
      .then(say, (error: unknown) => say(failure(error)))
  })
}

export function say(message: ChildMessage<unknown>): void {
  process.send?.(message)
}

function failure(error: unknown): ChildMessage<never> {
  if (error instanceof InputFault) return { type: 'input-error', code: error.code, sentence: error.message }
  if (error instanceof Error) return { type: 'error', message: error.message, stack: error.stack }
  return { type: 'error', message: String(error), stack: undefined }
}
