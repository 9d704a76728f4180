import type { Bellhop, SubmittedJob } from '@bellhop/client'
import { isId } from '@bellhop/model'
import type { FileId, JobOutput } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { onInterrupt } from '../interrupt.ts'
import { bar, openOutput, outputArgs } from '../output.ts'

/** Jobs that one command line starts at most. */
const MAX_FILES = 1_000

type Verdict = JobOutput<'file.verify'>

export const verify = command({
  name: 'verify',
  description: 'Read stored files again and compare them with what was sent. Exit code 1 when one is damaged.',
  args: {
    files: { type: 'positional', description: 'Ids of files.', required: true },
    ...outputArgs,
    ...connectionArgs,
  },
  async run(args) {
    const ids = args._.map(fileIdOf)
    if (ids.length > MAX_FILES) throw new CliError(EXIT.usage, `Give at most ${MAX_FILES} files.`)
    const output = openOutput({ json: args.json, quiet: args.quiet })
    await using bellhop = await connectFrom(args)
    const stop = new AbortController()
    using _interrupt = onInterrupt(() => stop.abort())
    let code: ExitCode = EXIT.done
    try {
      const jobs: SubmittedJob<'file.verify'>[] = []
      for (const fileId of ids) {
        jobs.push(await bellhop.jobs.submit('file.verify', { fileId }, { signal: stop.signal }))
      }
      for (const [index, job] of jobs.entries()) {
        const fileId = ids[index] ?? ''
        const verdict = await waitFor(bellhop, job, stop.signal, (progress) =>
          output.status(`${fileId}  ${bar(progress)}  ${Math.floor(progress * 100)} %`),
        )
        output.answer(`${fileId}  ${sentenceOf(verdict)}`)
        output.event({ type: 'verified', fileId, jobId: job.id, ...verdict })
        if (verdict.ok === false) code = EXIT.failed
      }
    } catch (error) {
      output.settle()
      if (!stop.signal.aborted) throw error
      output.talk('The jobs go on; see `bellhop watch` or the page.')
      return EXIT.interrupted
    }
    output.event({ type: 'result', ok: code === EXIT.done })
    return code
  },
})

async function waitFor(
  bellhop: Bellhop,
  job: SubmittedJob<'file.verify'>,
  signal: AbortSignal,
  onProgress: (progress: number) => void,
): Promise<Verdict> {
  const done = await bellhop.jobs.wait(job, { signal, onProgress: ({ progress }) => onProgress(progress) })
  return done.output
}

function sentenceOf({ ok, damagedParts, sha256 }: Verdict): string {
  if (sha256 === null) return 'missing: the store has no such object'
  if (ok === null) return 'of the right size; nobody hashed it when it was sent'
  return ok ? 'whole' : damagedParts.length === 0 ? 'damaged' : `damaged: part ${damagedParts.join(', ')}`
}

function fileIdOf(id: string): FileId {
  if (isId('file', id)) return id
  throw new CliError(EXIT.usage, `\`${id}\` is no id of a file.`, 'It looks like file_01…')
}
