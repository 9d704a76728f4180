import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CheckState, KeyBinding, StoreReport } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { addressFile, dataDirOf, readLine } from '../data-dir.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'

const MARKS: Record<CheckState, string> = { green: '✓ green', amber: '! amber', red: '✗ red  ' }
const BINDINGS: Record<KeyBinding, string> = {
  'store-sha256': 'Upload keys are bound to the bytes, by checksums that the store checks, keeps and gives back.',
  sha256: 'Upload keys are bound to the bytes, by the SHA-256 that is signed with them.',
  none: 'Upload keys are not bound to the bytes; Bellhop compares them after they have arrived.',
}

export const doctor = command({
  name: 'doctor',
  description: 'Try with real requests what the bucket does, and say what to mend. Leaves nothing in it.',
  args: { json: outputArgs.json, ...connectionArgs },
  async run(args) {
    const output = openOutput({ json: args.json, quiet: true })
    const cancel = new AbortController()
    const onSignal = () => cancel.abort()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
    try {
      const report = await examine(args.url, cancel.signal)
      for (const line of linesOf(report)) output.answer(line)
      output.event({ type: 'result', ...report })
      return report.checks.some(({ state }) => state === 'red') ? EXIT.failed : EXIT.done
    } catch (error) {
      if (cancel.signal.aborted) return EXIT.interrupted
      throw error
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    }
  },
})

/** By the server, which keeps what it finds; by a process of our own where there is none and the store is named. */
async function examine(url: string | undefined, signal: AbortSignal): Promise<StoreReport> {
  const { env } = process
  const named = url ?? env['BELLHOP_URL'] ?? (await readLine(addressFile(dataDirOf(env))))
  if (!named && env['S3_ENDPOINT']) return examineByOurselves(signal)
  await using bellhop = await connectFrom({ url })
  return bellhop.storage.check({ signal })
}

type DoctorMessage =
  | { readonly type: 'report'; readonly report: StoreReport }
  | { readonly type: 'failed'; readonly message: string }

/** A process, because what speaks S3 belongs to the server. It cleans up before it ends, also when this one is cancelled. */
async function examineByOurselves(signal: AbortSignal): Promise<StoreReport> {
  const main = fileURLToPath(import.meta.resolve('@bellhop/server/doctor'))
  const child = fork(main, { detached: true, stdio: ['ignore', 2, 2, 'ipc'] })
  let said: DoctorMessage | undefined
  child.on('message', (message) => {
    said = message as DoctorMessage
  })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  await once(child, 'exit')
  signal.removeEventListener('abort', stop)
  if (said?.type === 'report') return said.report
  throw new CliError(EXIT.failed, said?.message ?? 'The doctor ended without a word.')
}

function linesOf({ endpoint, publicEndpoint, bucket, binding, isBindingSeen, checks }: StoreReport): string[] {
  const where = endpoint === publicEndpoint ? endpoint : `${endpoint}, for clients ${publicEndpoint}`
  const width = Math.max(...checks.map(({ name }) => name.length))
  return [
    `Bucket ${bucket} at ${where}`,
    '',
    ...checks.flatMap(({ name, state, found, fix }) => [
      `${MARKS[state]}  ${name.padEnd(width)}  ${found}`,
      ...(fix === null ? [] : [`${' '.repeat(width + 11)}→ ${fix}`]),
    ]),
    '',
    isBindingSeen ? BINDINGS[binding] : 'What upload keys can be bound by could not be seen.',
  ]
}
