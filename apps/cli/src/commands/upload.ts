import { stat } from 'node:fs/promises'
import { BellhopError, connect } from '@bellhop/client'
import type { Bellhop, UploadOptions } from '@bellhop/client'
import { cleanTags } from '@bellhop/model'
import type { FileId, FileRecord } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectionArgs, findServer } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { onInterrupt } from '../interrupt.ts'
import { openOutput, outputArgs } from '../output.ts'
import type { Output } from '../output.ts'
import { shellLine } from '../shell-line.ts'
import { stateDirOf } from '../state-dir.ts'
import { percentOf } from '../transfer-line.ts'
import { findFiles } from '../upload/find-files.ts'
import type { FoundFile } from '../upload/find-files.ts'
import { Followed } from '../upload/followed.ts'
import { openJournal } from '../upload/journal.ts'
import { SentList } from '../upload/sent-list.ts'
import { Unfinished } from '../upload/unfinished.ts'
import { uploadAll } from '../upload/upload-all.ts'

const STDIN = '-'

export const upload = command({
  name: 'upload',
  description: 'Send files to the store, and print their ids.',
  args: {
    files: { type: 'positional', description: 'Files, folders, or - for standard input.', required: true },
    tags: { type: 'string', description: 'Tags, separated by commas.' },
    'tag-folders': { type: 'boolean', description: 'Tag files in folders with the names of those.', default: false },
    name: { type: 'string', description: 'Another name for the file (one file only).' },
    'stdin-name': { type: 'string', description: 'Name of what standard input brings.', default: 'stdin' },
    resume: { type: 'boolean', description: 'Go on with what was broken off of these files.', default: false },
    'abort-on-interrupt': { type: 'boolean', description: 'At Ctrl-C, give up what is open.', default: false },
    jobs: { type: 'boolean', description: 'Start the jobs that fit the type.', default: true },
    ...outputArgs,
    ...connectionArgs,
  },
  async run(args, rawArgs) {
    const named = args._
    const single = named.length === 1 && !(await isFolder(named[0] ?? ''))
    if (args.name !== undefined && !single) throw new CliError(EXIT.usage, 'With --name, give one file.')
    if (args.resume && named.includes(STDIN)) {
      throw new CliError(EXIT.usage, 'Standard input cannot be read twice, so --resume does not go with it.')
    }
    const output = openOutput({ json: args.json, quiet: args.quiet })
    const { url, apiKey } = await findServer(args)
    const journal = openJournal(process.env)
    await using bellhop = connect({ url, apiKey, journal })
    const unfinished = new Unfinished({ bellhop, journal, url })
    const followed = new Followed(output, !single)
    const sent = single
      ? undefined
      : await SentList.open({ stateDir: stateDirOf(process.env), url, named }, args.resume)
    const goOn = `Go on with: ${shellLine(['bellhop', 'upload', '--resume', ...rawArgs.filter((arg) => arg !== '--resume')])}`
    const common = {
      startJobs: args.jobs,
      ...(args.name === undefined ? {} : { name: args.name }),
    }
    const tags = args.tags?.split(',') ?? []

    const send = async ({ path, folders }: FoundFile): Promise<FileRecord> => {
      const options: UploadOptions = {
        ...common,
        tags: cleanTags([...tags, ...(args['tag-folders'] ? folders : [])]),
      }
      if (path === STDIN) {
        const name = args.name ?? args['stdin-name']
        const start = (onProgress: UploadOptions['onProgress']) =>
          bellhop.files.startUpload(process.stdin, { ...options, name, ...(onProgress ? { onProgress } : {}) })
        return followed.follow(path, start).done
      }
      const before = await sentBefore(bellhop, await sent?.idOf(path))
      if (before) return before
      if (args.resume) {
        const resumed = await unfinished.resume(path, (uploadId) =>
          followed.follow(path, (onProgress) => bellhop.files.startResume(uploadId, path, { onProgress })),
        )
        if (resumed) return resumed
      } else if (await unfinished.isOpen(path)) {
        output.talk(`An earlier upload of ${path} is unfinished, and this begins another. ${goOn}`)
      }
      return followed.follow(path, (onProgress) => bellhop.files.startUpload(path, { ...options, onProgress })).done
    }

    const giveUp = new AbortController()
    using _interrupt = onInterrupt(() => {
      if (args['abort-on-interrupt'] || named.includes(STDIN)) {
        output.talk('Giving up what is open…')
        giveUp.abort()
        for (const handle of followed.active.values()) handle.cancel()
      } else {
        tellWhatStays(followed, output, goOn)
        // What has arrived stays on the server; leaving is all that pausing takes.
        void Promise.all([journal.settled(), sent?.settled()]).finally(() => process.exit(EXIT.interrupted))
      }
    })
    const { signal } = giveUp
    const files = findFiles(named)
    const code = await uploadAll({
      files,
      send,
      onSent: (path, id) => sent?.add(path, id),
      output,
      goOn,
      single,
      signal,
    })
    if (code === EXIT.done && !signal.aborted) await sent?.close()
    else await sent?.settled()
    return signal.aborted ? EXIT.interrupted : code
  },
})

/** The file that an earlier run of the command sent, unless it has been deleted since. */
async function sentBefore(bellhop: Bellhop, id: FileId | undefined): Promise<FileRecord | undefined> {
  if (id === undefined) return undefined
  return bellhop.files.get(id).catch((error: unknown) => {
    if (error instanceof BellhopError && error.code === 'FILE_NOT_FOUND') return undefined
    throw error
  })
}

function tellWhatStays(followed: Followed, output: Output, goOn: string): void {
  const open = [...followed.active].filter(([, { state }]) => state.uploadId !== null)
  output.event({ type: 'interrupted', uploads: open.map(([path, { state }]) => ({ path, uploadId: state.uploadId })) })
  const [first, ...others] = open.map(([, { state }]) => percentOf(state.progress))
  if (first === undefined) output.talk('Stopped before it began.')
  else output.talk(`Paused${others.length === 0 ? ` at ${first} %` : ''}. ${goOn}`)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
