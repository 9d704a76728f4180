import type { Bellhop } from '@bellhop/client'
import { connect } from '@bellhop/client'
import { CliError } from './cli-error.ts'
import { addressFile, adminKeyFile, dataDirOf, readLine } from './data-dir.ts'
import { EXIT } from './exit-code.ts'

const DEFAULT_URL = 'http://localhost:3000'

export const connectionArgs = {
  url: { type: 'string', description: 'Address of the server. Default: BELLHOP_URL, or the server of this machine.' },
} as const

interface ConnectionFlags {
  readonly url?: string | undefined
}

export interface Server {
  readonly url: string
  readonly apiKey: string
}

export async function connectFrom(flags: ConnectionFlags): Promise<Bellhop> {
  return connect(await findServer(flags))
}

/**
 * Flag, then environment, then what `start` keeps in the data folder. The key kept there goes to the server of this
 * machine and to no other.
 */
export async function findServer(flags: ConnectionFlags): Promise<Server> {
  const { env } = process
  const dataDir = dataDirOf(env)
  const local = (await readLine(addressFile(dataDir))) ?? DEFAULT_URL
  const url = flags.url || env['BELLHOP_URL'] || local
  const apiKey = env['BELLHOP_API_KEY'] || (sameOrigin(url, local) ? await readLine(adminKeyFile(dataDir)) : undefined)
  if (apiKey !== undefined) return { url, apiKey }
  throw new CliError(
    EXIT.notSignedIn,
    `There is no API key for ${url}.`,
    `Set BELLHOP_API_KEY; on the machine that runs Bellhop, go to its folder or set BELLHOP_DATA_DIR (now ${dataDir}).`,
  )
}

function sameOrigin(a: string, b: string): boolean {
  return URL.parse(a)?.origin === URL.parse(b)?.origin
}
