import { BellhopError } from '@bellhop/client'
import type { FileId, FileRecord } from '@bellhop/model'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import type { FoundFile } from './find-files.ts'

/** Taken up at once. How many of them have room on the line, the SDK knows. */
const TAKEN_UP = 24

interface UploadAll {
  readonly files: AsyncIterable<FoundFile>
  readonly send: (file: FoundFile) => Promise<FileRecord>
  readonly onSent: (path: string, id: FileId) => void
  readonly output: Output
  /** How to go on with what failed but is not lost. */
  readonly goOn: string
  /** A single file: its failure is the command's. */
  readonly single: boolean
  /** No further file is taken up. */
  readonly signal: AbortSignal
}

interface Failure {
  readonly file: string
  readonly code: string
  readonly sentence: string
}

/** Sends each file that is found; one that fails does not stop the others. */
export async function uploadAll({ files, send, onSent, output, goOn, single, signal }: UploadAll): Promise<ExitCode> {
  const done: string[] = []
  const failed: Failure[] = []
  let failure: ExitCode = EXIT.failed
  const running = new Set<Promise<void>>()

  const sendOne = async (found: FoundFile) => {
    try {
      const file = await send(found)
      onSent(found.path, file.id)
      output.answer(file.id)
      output.event({ type: 'file', path: found.path, file })
      done.push(file.id)
    } catch (error) {
      if (!(error instanceof BellhopError)) throw error
      if (single && !error.details['uploadId']) throw error
      output.talk(`bellhop: ${found.path}: ${error.message}`)
      if (isResumable(error)) output.talk(goOn)
      else if (error.hint) output.talk(error.hint)
      failed.push({ file: found.path, code: error.code, sentence: error.message })
      failure = exitCodeOf(error.code)
    }
  }

  for await (const found of files) {
    if (signal.aborted) break
    const run = sendOne(found).finally(() => running.delete(run))
    running.add(run)
    if (running.size >= TAKEN_UP) await Promise.race(running)
  }
  await Promise.all(running)
  output.settle()
  output.event({ type: 'result', files: done, failed })
  if (failed.length === 0) return EXIT.done
  return done.length > 0 ? EXIT.partlyDone : failure
}

function isResumable(error: BellhopError): boolean {
  if (!error.details['uploadId'] || error.code.startsWith('SOURCE_')) return false
  return error.retryable || error.code === 'STORE_REFUSED'
}
