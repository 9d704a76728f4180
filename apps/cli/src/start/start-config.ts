import { CliError } from '../cli-error.ts'
import { dataDirOf } from '../data-dir.ts'
import { EXIT } from '../exit-code.ts'

export interface StartConfig {
  readonly dataDir: string
  readonly port: number
  readonly host: string
  readonly withPostgres: boolean
  readonly withObjectStore: boolean
}

const DEFAULT_PORT = 3000

/** Server and worker read the rest themselves, and say what is wrong with it. */
export function startConfig(env: NodeJS.ProcessEnv): StartConfig {
  const text = env['PORT'] || String(DEFAULT_PORT)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new CliError(EXIT.usage, `Expected \`PORT\` to be a whole number from 0 to 65535, got \`${text}\`.`)
  }
  return {
    dataDir: dataDirOf(env),
    port,
    host: env['HOST'] || '127.0.0.1',
    withPostgres: !env['DATABASE_URL'],
    withObjectStore: !env['S3_ENDPOINT'],
  }
}
