import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { format } from 'node:util'
import type { KindRun, NewOutput, OutputFile, SourceFile } from '@bellhop/kind'
import type { ReportProgress } from '../processors/child/message.ts'
import { say } from '../processors/child/serve-task.ts'
import type { WorkerLine } from '../processors/child/worker-line.ts'
import type { KindRequest, KindTask } from './kind-message.ts'

/** However often a kind tells of its progress, the worker hears of it this often at most. */
const PROGRESS_EVERY_MS = 50
const LOG_LINE_CHARS = 1_000
const FIRST_STAGE = 'running'

/** What `run` is given in its own process: the capabilities of the worker, at the other end of the line. */
export function kindRun(
  input: unknown,
  { scratchDir }: Pick<KindTask, 'scratchDir'>,
  line: WorkerLine,
  report: ReportProgress,
): KindRun<unknown> {
  const ask = (request: KindRequest, onNews?: (news: unknown) => void) => line.ask(request, onNews)
  return {
    input,
    signal: line.signal,
    scratchDir,
    progress: steadily(report),
    log,
    objects: {
      download: (fileId, path, onBytes) =>
        ask(
          { type: 'download', fileId, path: resolve(scratchDir, path), tellsBytes: onBytes !== undefined },
          onBytes && ((news) => onBytes(Number(news))),
        ) as Promise<SourceFile>,
      async put({ body, ...output }: NewOutput) {
        const path = body instanceof Uint8Array ? join(scratchDir, randomUUID()) : resolve(scratchDir, body.path)
        if (body instanceof Uint8Array) await writeFile(path, body)
        return (await ask({ type: 'put', output: { ...output, body: { path } } })) as OutputFile
      },
    },
  }
}

/** Nobody sees what this process writes; its console is the job's log. */
export function logConsole(): void {
  for (const name of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    console[name] = (...words: unknown[]) => log(format(...words))
  }
}

function log(line: string): void {
  say({ type: 'log', line: line.slice(0, LOG_LINE_CHARS) })
}

function steadily(report: ReportProgress): KindRun<unknown>['progress'] {
  let toldAt = Number.NEGATIVE_INFINITY
  let fraction = 0
  let stage = FIRST_STAGE
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    clearTimeout(timer)
    timer = undefined
    toldAt = performance.now()
    report(fraction, stage)
  }
  return (now, at = stage) => {
    fraction = now
    stage = at
    const inMs = toldAt + PROGRESS_EVERY_MS - performance.now()
    if (inMs <= 0) tell()
    else timer ??= setTimeout(tell, inMs)
  }
}
