import { LIMITS, isId } from '@bellhop/model'
import type { WorkspaceShare } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'

const MAX_LINES = 10_000

export const shares = command({
  name: 'shares',
  description: 'List how workspaces share the workers, or set the share of one.',
  args: {
    set: { type: 'string', description: 'Id of the workspace whose share is to change.' },
    weight: { type: 'string', description: `Its weight, 1 to ${LIMITS.jobWeight}; with --set.` },
    running: { type: 'string', description: 'Jobs that it may run at once, or `none` for no bound; with --set.' },
    json: outputArgs.json,
    ...connectionArgs,
  },
  async run(args) {
    const { set, weight, running } = args
    if (set !== undefined && !isId('workspace', set)) {
      throw new CliError(EXIT.usage, `\`${set}\` is no id of a workspace.`, 'It looks like ws_01…')
    }
    if (set === undefined && (weight !== undefined || running !== undefined)) {
      throw new CliError(EXIT.usage, 'Whose share?', 'Say it with --set and the id of the workspace.')
    }
    const change = {
      ...(weight === undefined ? {} : { weight: numberOf('--weight', weight, LIMITS.jobWeight) }),
      ...(running === undefined
        ? {}
        : { maxRunningJobs: running === 'none' ? null : numberOf('--running', running, LIMITS.maxRunningJobs) }),
    }
    const output = openOutput({ json: args.json, quiet: true })
    await using bellhop = await connectFrom(args)
    if (isId('workspace', set)) await bellhop.operations.setJobShare(set, change)
    let count = 0
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof bellhop.operations.jobShares>> = await bellhop.operations.jobShares(
        cursor === null ? {} : { cursor },
      )
      for (const share of page.items) {
        if (set !== undefined && share.id !== set) continue
        output.answer(lineOf(share))
        output.event({ type: 'share', share })
      }
      count += page.items.length
      cursor = page.nextCursor
    } while (cursor !== null && count < MAX_LINES)
    return EXIT.done
  },
})

/** Fields that a script can cut at two spaces. */
function lineOf({ id, name, weight, maxRunningJobs, running }: WorkspaceShare): string {
  return [id, `weight ${weight}`, `${running} of ${maxRunningJobs ?? 'any'} running`, name].join('  ')
}

function numberOf(option: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new CliError(EXIT.usage, `Expected ${option} to be a whole number from 1 to ${most}, got \`${text}\`.`)
}
