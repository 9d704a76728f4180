import type { ArgsDef } from 'citty'
import { parseArgs } from 'citty'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'

/** A command resolves to its exit code, or throws. */
export interface CliCommand {
  readonly name: string
  readonly args: ArgsDef
  readonly description: string
  readonly run: (rawArgs: readonly string[]) => Promise<ExitCode>
}

export function command<const T extends ArgsDef>(
  definition: Pick<CliCommand, 'name' | 'description'> & {
    readonly args: T
    readonly run: (args: ReturnType<typeof parseArgs<T>>, rawArgs: readonly string[]) => Promise<ExitCode>
  },
): CliCommand {
  return {
    ...definition,
    run: (rawArgs) => {
      refuseUnknown(rawArgs, definition.args)
      return definition.run(parseArgs<T>([...rawArgs], definition.args), rawArgs)
    },
  }
}

/** citty takes any flag; a misspelt one must not be ignored. */
function refuseUnknown(rawArgs: readonly string[], args: ArgsDef): void {
  const known = new Set(['--'])
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === 'positional') continue
    known.add(`--${name}`).add(`--no-${name}`)
  }
  for (const arg of rawArgs) {
    if (arg === '--') return
    const [flag = ''] = arg.split('=', 1)
    if (flag.startsWith('-') && flag !== '-' && !known.has(flag)) {
      throw new CliError(EXIT.usage, `There is no option \`${flag}\` here.`, 'Add --help to see the options.')
    }
  }
}
