import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { format } from 'node:util'
import type { Kind, KindRun, NewOutput, OutputFile, SourceFile } from '@bellhop/kind'
import type { ChildReport } from '../processors/child/message.ts'
import { say } from '../processors/child/serve-task.ts'
import type { WorkerLine } from '../processors/child/worker-line.ts'
import type { DownloadNews, KindRequest, KindTask } from './kind-message.ts'

/** However often a kind tells how far it is, the worker hears of it this often at most. */
const REPORT_EVERY_MS = 50
const LOG_LINE_CHARS = 1_000
const FIRST_STAGE = 'running'

/** What `run` is given in its own process: the capabilities of the worker, at the other end of the line. */
export function kindRun(
  kind: Kind,
  { input, scratchDir }: KindTask,
  line: WorkerLine,
  report: ChildReport,
): KindRun<unknown> {
  const ask = (request: KindRequest, onNews?: (news: unknown) => void) => line.ask(request, onNews)
  return {
    input: kind.input.parse(input),
    signal: line.signal,
    scratchDir,
    ...steadily(kind, report),
    log,
    objects: {
      download: (fileId, path, onBytes) =>
        ask(
          { type: 'download', fileId, path: resolve(scratchDir, path), tellsBytes: onBytes !== undefined },
          onBytes &&
            ((news) => {
              const { receivedBytes, ofBytes } = news as DownloadNews // -- as the worker sends them
              onBytes(receivedBytes, ofBytes)
            }),
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

/** A new stage is told at once; what happens within one, steadily. */
function steadily({ stages = [] }: Kind, worker: ChildReport): Pick<KindRun<unknown>, 'progress' | 'advance'> {
  let toldAt = Number.NEGATIVE_INFINITY
  let stage = FIRST_STAGE
  let timer: NodeJS.Timeout | undefined
  let latest = () => {}
  const tell = () => {
    clearTimeout(timer)
    timer = undefined
    toldAt = performance.now()
    latest()
  }
  const take = (now: string, report: () => void) => {
    latest = report
    const inMs = now === stage ? toldAt + REPORT_EVERY_MS - performance.now() : 0
    stage = now
    if (inMs <= 0) tell()
    else timer ??= setTimeout(tell, inMs)
  }
  return {
    progress: (fraction, now = stage) => take(now, () => worker.progress(fraction, now)),
    advance(now, done, total) {
      if (!stages.some(({ name }) => name === now)) {
        throw new Error(
          `There is no stage \`${now}\`; its kind declares ${stages.map(({ name }) => name).join(', ') || 'none'}.`,
        )
      }
      take(now, () => worker.advance(now, done, total))
    },
  }
}
