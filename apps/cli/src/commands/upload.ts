import { BellhopError } from '@bellhop/client'
import type { TransferProgress, UploadHandle } from '@bellhop/client'
import { isId } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { openOutput, outputArgs } from '../output.ts'
import { transferLine } from '../transfer-line.ts'

/** `--json` tells progress at most that often. */
const EVENT_EVERY_MS = 1_000

export const upload = command({
  name: 'upload',
  description: 'Send files to the store, and print their ids.',
  args: {
    files: { type: 'positional', description: 'Files to send.', required: true },
    tags: { type: 'string', description: 'Tags, separated by commas.' },
    name: { type: 'string', description: 'Another name for the file (one file only).' },
    resume: { type: 'string', description: 'Id of an upload to go on with (one file only).' },
    jobs: { type: 'boolean', description: 'Start the jobs that fit the type.', default: true },
    ...outputArgs,
    ...connectionArgs,
  },
  async run(args) {
    const files = args._
    const { resume, name } = args
    if ((resume !== undefined || name !== undefined) && files.length > 1) {
      throw new CliError(EXIT.usage, 'With --resume or --name, give one file.')
    }
    if (resume !== undefined && !isId('upload', resume)) {
      throw new CliError(EXIT.usage, `\`${resume}\` is no id of an upload.`, 'It looks like up_01…')
    }
    const output = openOutput({ json: args.json, quiet: args.quiet })
    await using bellhop = await connectFrom(args)
    const tags = args.tags?.split(',').filter((tag) => tag.trim() !== '')
    const begin = (file: string, onProgress: (progress: TransferProgress) => void): UploadHandle =>
      isId('upload', resume)
        ? bellhop.files.startResume(resume, file, { onProgress })
        : bellhop.files.startUpload(file, {
            onProgress,
            startJobs: args.jobs,
            ...(tags ? { tags } : {}),
            ...(name === undefined ? {} : { name }),
          })
    return uploadAll(files, begin, output)
  },
})

type Begin = (file: string, onProgress: (progress: TransferProgress) => void) => UploadHandle

/** One after the other: each uses the whole line by itself. */
async function uploadAll(files: readonly string[], begin: Begin, output: Output): Promise<ExitCode> {
  const done: string[] = []
  const failed: { file: string; code: string; sentence: string }[] = []
  let failure: ExitCode = EXIT.failed
  for (const [index, file] of files.entries()) {
    const prefix = files.length > 1 ? `[${index + 1}/${files.length}] ` : ''
    try {
      done.push(await uploadOne(file, prefix, begin, output))
    } catch (error) {
      if (!(error instanceof BellhopError)) throw error
      output.settle()
      if (files.length === 1 && !error.details['uploadId']) throw error
      output.talk(`bellhop: ${file}: ${error.message}`)
      const { uploadId } = error.details
      if (isId('upload', uploadId) && isResumable(error)) output.talk(goOn(uploadId, file))
      else if (error.hint) output.talk(error.hint)
      failed.push({ file, code: error.code, sentence: error.message })
      failure = exitCodeOf(error.code)
    }
  }
  output.event({ type: 'result', files: done, failed })
  if (failed.length === 0) return EXIT.done
  return done.length > 0 ? EXIT.partlyDone : failure
}

async function uploadOne(file: string, prefix: string, begin: Begin, output: Output): Promise<string> {
  let toldAtMs = Number.NEGATIVE_INFINITY
  const handle = begin(file, (progress) => {
    output.status(prefix + transferLine(handle.state.name, progress))
    if (performance.now() - toldAtMs < EVENT_EVERY_MS && progress.phase !== 'done') return
    toldAtMs = performance.now()
    output.event({ type: 'progress', file, uploadId: handle.state.uploadId, ...progress })
  })
  // The upload stays open on the server; leaving is all that pausing takes.
  const onInterrupt = () => {
    const { progress, uploadId } = handle.state
    const percent = !progress.totalBytes ? 0 : Math.floor((progress.sentBytes / progress.totalBytes) * 100)
    output.talk(uploadId === null ? 'Stopped before it began.' : `Paused at ${percent} %. ${goOn(uploadId, file)}`)
    process.exit(EXIT.interrupted)
  }
  process.once('SIGINT', onInterrupt)
  try {
    const uploaded = await handle.done
    output.answer(uploaded.id)
    output.event({ type: 'file', path: file, file: uploaded })
    return uploaded.id
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

function goOn(uploadId: string, file: string): string {
  return `Go on with: bellhop upload --resume ${uploadId} ${/[^\w./-]/.test(file) ? `'${file.replaceAll("'", "'\\''")}'` : file}`
}

function isResumable(error: BellhopError): boolean {
  return !error.code.startsWith('SOURCE_') && (error.retryable || error.code === 'STORE_REFUSED')
}
