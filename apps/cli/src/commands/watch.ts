import { BellhopError } from '@bellhop/client'
import { isId, outputFilesOf } from '@bellhop/model'
import type { JobSnapshot, JobStatus } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatDuration } from '../format.ts'
import { bar, openOutput, outputArgs } from '../output.ts'

const EXITS: Readonly<Record<JobStatus, ExitCode>> = {
  PENDING: EXIT.stillRunning,
  PROCESSING: EXIT.stillRunning,
  COMPLETED: EXIT.done,
  FAILED: EXIT.failed,
  CANCELLED: EXIT.cancelled,
}

export const watch = command({
  name: 'watch',
  description: 'Follow a job to its end. Prints its last state and the ids of its outputs.',
  args: {
    job: { type: 'positional', description: 'Id of the job.', required: true },
    timeout: { type: 'string', description: 'Stop watching after that many seconds, with exit code 8.' },
    ...outputArgs,
    ...connectionArgs,
  },
  async run(args) {
    const { job: id } = args
    if (!isId('job', id)) throw new CliError(EXIT.usage, `\`${id}\` is no id of a job.`, 'It looks like job_01…')
    const output = openOutput({ json: args.json, quiet: args.quiet })
    const signal = args.timeout === undefined ? undefined : AbortSignal.timeout(timeoutMs(args.timeout))
    await using bellhop = await connectFrom(args)
    try {
      for await (const state of bellhop.jobs.watch(id, signal ? { signal } : {})) {
        output.status(jobLine(state))
        output.event({ type: 'state', job: state })
      }
    } catch (error) {
      if (!(error instanceof BellhopError) || !signal?.aborted) throw error
      output.settle()
      output.talk(`Job ${id} is still running.`)
      return EXIT.stillRunning
    }
    const job = await bellhop.jobs.get(id)
    output.answer(job.status)
    for (const file of outputFilesOf(job.output)) output.answer(`${file.id}  ${file.name}`)
    if (job.error) output.talk(`bellhop: ${job.error.sentence}`)
    output.event({ type: 'result', job })
    return EXITS[job.status]
  },
})

function timeoutMs(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 1_000_000) return seconds * 1000
  throw new CliError(EXIT.usage, `Expected --timeout to be a number of seconds above 0, got \`${text}\`.`)
}

function jobLine({ kind, fileName, status, progress, stage, eta }: JobSnapshot): string {
  const name = fileName === null ? kind : `${kind} ${fileName}`
  if (status !== 'PROCESSING') return `${name}  ${status.toLowerCase()}`
  const left = eta === null ? '' : `  ${formatDuration(Math.max(0, Date.parse(eta) - Date.now()))} left`
  return `${name}  ${bar(progress)}  ${Math.floor(progress * 100)} %  ${stage ?? ''}${left}`
}
