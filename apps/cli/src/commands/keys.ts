import { isId } from '@bellhop/model'
import type { ValetKeyRecord } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'

const PAGE = 100
const MAX_LINES = 10_000

export const keys = command({
  name: 'keys',
  description: 'List who was given which key, the newest first, or revoke one.',
  args: {
    file: { type: 'string', description: 'Only of this file.' },
    text: { type: 'string', description: 'Only where the name of the file or of the person contains this.' },
    limit: { type: 'string', description: `Lines at most, up to ${MAX_LINES}.`, default: '50' },
    revoke: { type: 'string', description: 'Id of a key whose line is to end.' },
    json: outputArgs.json,
    ...connectionArgs,
  },
  async run(args) {
    const { file, text, revoke } = args
    if (file !== undefined && !isId('file', file)) {
      throw new CliError(EXIT.usage, `\`${file}\` is no id of a file.`, 'It looks like file_01…')
    }
    if (revoke !== undefined && !isId('valetKey', revoke)) {
      throw new CliError(EXIT.usage, `\`${revoke}\` is no id of a key.`, 'It looks like vk_01…')
    }
    const limit = limitOf(args.limit)
    const output = openOutput({ json: args.json, quiet: true })
    await using bellhop = await connectFrom(args)
    const tell = (record: ValetKeyRecord) => {
      output.answer(lineOf(record))
      output.event({ type: 'key', key: record })
    }
    if (isId('valetKey', revoke)) {
      const revoked = await bellhop.valetKeys.revoke(revoke)
      for (const record of revoked) tell(record)
      const last = revoked
        .map(({ expiresAt }) => expiresAt)
        .toSorted()
        .at(-1)
      output.talk(`No key follows. What was handed out opens until ${last ?? 'it expires'}.`)
      output.event({ type: 'result', keys: revoked.length })
      return EXIT.done
    }
    let count = 0
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof bellhop.valetKeys.list>> = await bellhop.valetKeys.list({
        ...(isId('file', file) ? { fileId: file } : {}),
        ...(text === undefined ? {} : { text }),
        ...(cursor === null ? {} : { cursor }),
        limit: Math.min(PAGE, limit - count),
      })
      for (const record of page.items) tell(record)
      count += page.items.length
      cursor = page.nextCursor
    } while (cursor !== null && count < limit)
    output.event({ type: 'result', keys: count })
    return EXIT.done
  },
})

/** Fields that a script can cut at two spaces. */
function lineOf(key: ValetKeyRecord): string {
  const purpose = key.keyCount > 1 ? `${key.purpose} ×${key.keyCount}` : key.purpose
  return [key.id, key.issuedAt, purpose, stateOf(key), key.userName ?? key.userId, key.fileName ?? key.fileId].join(
    '  ',
  )
}

function stateOf({ revokedAt, usedAt, expiresAt }: ValetKeyRecord): string {
  if (revokedAt !== null) return 'revoked'
  if (usedAt !== null) return 'used'
  return Date.parse(expiresAt) > Date.now() ? 'live' : 'expired'
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LINES) return limit
  throw new CliError(EXIT.usage, `Expected --limit to be a whole number from 1 to ${MAX_LINES}, got \`${text}\`.`)
}
