import { BellhopError } from '@bellhop/client'
import type { CommandDef } from 'citty'
import { defineCommand, renderUsage } from 'citty'
import { CliError } from './cli-error.ts'
import type { CliCommand } from './command.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'

/** Loaded when they are asked for, so that `--help` is quick and `upload` needs no database. */
const COMMANDS = {
  start: async () => (await import('./commands/start.ts')).start,
  upload: async () => (await import('./commands/upload.ts')).upload,
  watch: async () => (await import('./commands/watch.ts')).watch,
  download: async () => (await import('./commands/download.ts')).download,
  verify: async () => (await import('./commands/verify.ts')).verify,
  keys: async () => (await import('./commands/keys.ts')).keys,
  shares: async () => (await import('./commands/shares.ts')).shares,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  'sign-in-link': async () => (await import('./commands/sign-in-link.ts')).signInLink,
} as const satisfies Record<string, () => Promise<CliCommand>>

export async function runCommandLine([name, ...rest]: readonly string[]): Promise<ExitCode> {
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      process.stderr.write(`${await renderUsage(rootUsage())}\n`)
      return name === undefined ? EXIT.usage : EXIT.done
    }
    if (!isCommand(name)) {
      throw new CliError(
        EXIT.usage,
        `There is no command \`${name}\`.`,
        `Use one of: ${Object.keys(COMMANDS).join(', ')}.`,
      )
    }
    const chosen = await COMMANDS[name]()
    if (rest.includes('--help') || rest.includes('-h')) {
      const { args, description } = chosen
      process.stderr.write(
        `${await renderUsage(defineCommand({ meta: { name: `bellhop ${name}`, description }, args }))}\n`,
      )
      return EXIT.done
    }
    return await chosen.run(rest)
  } catch (error) {
    return report(error)
  }
}

/** Up to three lines: what happened and why, what to do, and the request id for whoever runs the server. */
function report(error: unknown): ExitCode {
  const lines: string[] = [`bellhop: ${error instanceof Error ? error.message : String(error)}`]
  const hint = error instanceof CliError || error instanceof BellhopError ? error.hint : undefined
  if (hint) lines.push(hint)
  if (error instanceof BellhopError && error.requestId) lines.push(`(request ${error.requestId})`)
  process.stderr.write(`${lines.join('\n')}\n`)
  if (error instanceof CliError) return error.exitCode
  if (error instanceof BellhopError) return exitCodeOf(error.code)
  return isUsageError(error) ? EXIT.usage : EXIT.failed
}

/** What citty throws of arguments. */
function isUsageError(error: unknown): boolean {
  return error instanceof Error && error.name === 'CLIError'
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name)
}

function rootUsage(): CommandDef {
  const subCommands = Object.fromEntries(
    Object.entries(DESCRIPTIONS).map(([name, description]) => [name, defineCommand({ meta: { name, description } })]),
  )
  return defineCommand({ meta: { name: 'bellhop', description: 'Carries the heavy bags.' }, subCommands })
}

const DESCRIPTIONS: Record<keyof typeof COMMANDS, string> = {
  start: 'Run everything on this machine.',
  upload: 'Send files and folders to the store, and print the ids of the files.',
  watch: 'Follow a job to its end.',
  download: 'Fetch a file or an output of a job.',
  verify: 'Read stored files again and compare them with what was sent.',
  keys: 'List who was given which key, or revoke one.',
  shares: 'List how workspaces share the workers, or set the share of one.',
  doctor: 'Try what the bucket does, and say what to mend.',
  'sign-in-link': 'Print a link that signs you in to the page.',
}
