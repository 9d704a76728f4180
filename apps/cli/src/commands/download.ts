import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isId } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { onInterrupt } from '../interrupt.ts'
import { openOutput, outputArgs } from '../output.ts'
import { percentOf, transferLine } from '../transfer-line.ts'

/** `--json` tells progress at most that often. */
const EVENT_EVERY_MS = 1_000

export const download = command({
  name: 'download',
  description: 'Fetch a file or an output of a job, going on with what was broken off. Prints the path.',
  args: {
    id: { type: 'positional', description: 'Id of the file or output.', required: true },
    path: {
      type: 'positional',
      description: 'A file, a folder, or - for stdout. Default: its own name, here.',
      required: false,
    },
    force: { type: 'boolean', description: 'Write over a file that is there.', default: false },
    verify: { type: 'boolean', description: 'Compare what arrives with what was uploaded.', default: true },
    ...outputArgs,
    ...connectionArgs,
  },
  async run(args) {
    const { id, path } = args
    if (!isId('file', id) && !isId('output', id)) {
      throw new CliError(EXIT.usage, `\`${id}\` is no id of a file or output.`, 'It looks like file_01… or out_01…')
    }
    const toStdout = path === '-'
    const output = openOutput({ json: args.json && !toStdout, quiet: args.quiet })
    await using bellhop = await connectFrom(args)
    let target = ''
    let percent = 0
    let toldAtMs = Number.NEGATIVE_INFINITY
    const cancel = new AbortController()
    using _interrupt = onInterrupt(() => cancel.abort())
    try {
      const { name, sizeBytes, checked } = await bellhop.files.download(
        id,
        (found) => {
          target = toStdout ? '-' : targetPath(path, found.name, args.force)
          return toStdout ? process.stdout : target
        },
        {
          signal: cancel.signal,
          onAbort: 'keep',
          verify: args.verify,
          onProgress: (progress) => {
            percent = percentOf(progress)
            output.status(transferLine(target, progress))
            if (performance.now() - toldAtMs < EVENT_EVERY_MS && progress.phase !== 'done') return
            toldAtMs = performance.now()
            output.event({ type: 'progress', id, path: target, ...progress })
          },
        },
      )
      output.settle()
      if (!toStdout) output.answer(target)
      output.event({ type: 'result', id, path: target, name, sizeBytes, checked })
      return EXIT.done
    } catch (error) {
      output.settle()
      if (!cancel.signal.aborted) throw error
      if (!toStdout) output.talk(`Stopped at ${percent} %. The same command goes on.`)
      return EXIT.interrupted
    }
  },
})

function targetPath(path: string | undefined, name: string, force: boolean): string {
  const isFolder = path !== undefined && existsSync(path) && statSync(path).isDirectory()
  const target = path === undefined ? basename(name) : isFolder ? join(path, basename(name)) : path
  if (!force && existsSync(target)) {
    throw new CliError(EXIT.conflict, `${target} is there already.`, 'Give another path, or --force to write over it.')
  }
  return target
}
