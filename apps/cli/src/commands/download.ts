import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isId } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'
import { transferLine } from '../transfer-line.ts'

export const download = command({
  name: 'download',
  description: 'Fetch a file or an output of a job. Prints the path.',
  args: {
    id: { type: 'positional', description: 'Id of the file or output.', required: true },
    path: {
      type: 'positional',
      description: 'A file, a folder, or - for stdout. Default: its own name, here.',
      required: false,
    },
    force: { type: 'boolean', description: 'Write over a file that is there.', default: false },
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
    const cancel = new AbortController()
    const onInterrupt = () => cancel.abort()
    process.once('SIGINT', onInterrupt)
    try {
      const { name, sizeBytes } = await bellhop.files.download(
        id,
        (found) => {
          target = toStdout ? '-' : targetPath(path, found.name, args.force)
          return toStdout ? process.stdout : target
        },
        {
          signal: cancel.signal,
          onProgress: (progress) => output.status(transferLine(target, progress)),
        },
      )
      output.settle()
      if (!toStdout) output.answer(target)
      output.event({ type: 'result', id, path: target, name, sizeBytes })
      return EXIT.done
    } catch (error) {
      output.settle()
      if (cancel.signal.aborted) return EXIT.interrupted
      throw error
    } finally {
      process.off('SIGINT', onInterrupt)
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
