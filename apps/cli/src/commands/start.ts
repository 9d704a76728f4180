import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { startConfig } from '../start/start-config.ts'
import type { Running } from '../start/supervisor.ts'
import { supervise } from '../start/supervisor.ts'

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

export const start = command({
  name: 'start',
  description: 'Run everything on this machine: server, worker, and Postgres and an object store where none are set.',
  args: {},
  async run() {
    const config = startConfig(process.env)
    const stop = stopRequests()
    let running: Running
    try {
      running = await supervise(config, { env: process.env, say, signal: stop.signal })
    } catch (error) {
      if (stop.signal.aborted) return EXIT.interrupted
      throw new CliError(EXIT.failed, error instanceof Error ? error.message : String(error))
    }
    stop.onSecond(() => running.kill())
    process.stdout.write(welcome(running, config.dataDir))
    try {
      await Promise.race([stop.requested, running.failed])
      return EXIT.done
    } catch (error) {
      throw new CliError(EXIT.failed, error instanceof Error ? error.message : String(error))
    } finally {
      await running.stop()
    }
  },
})

function welcome({ url, signInLink }: Running, dataDir: string): string {
  return [
    '',
    `  Bellhop is ready at ${url}`,
    ...(signInLink
      ? ['', `  Sign in:  ${signInLink}`, '            (once; `bellhop sign-in-link` makes another)']
      : []),
    '',
    `  Data:     ${dataDir}`,
    '  Stop:     Ctrl-C',
    '',
    '',
  ].join('\n')
}

/** The first signal asks to stop; a second does not wait for what is under way. */
function stopRequests() {
  const controller = new AbortController()
  const requested = Promise.withResolvers<void>()
  let force = () => {}
  const onSignal = () => {
    if (controller.signal.aborted) return force()
    say('Stopping…')
    controller.abort()
    requested.resolve()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return {
    signal: controller.signal,
    requested: requested.promise,
    onSecond: (act: () => void) => {
      force = act
    },
  }
}
