import { fileURLToPath } from 'node:url'
import { parseEnvironment, readSettings, wholeNumberSetting } from '@bellhop/business'
import type { CommonSettings, Environment } from '@bellhop/business'
import { z } from 'zod'

const serverEnvironment = z.object({
  PORT: wholeNumberSetting('PORT', 0, 65_535).default(3000),
  /** On all addresses: `0.0.0.0`. */
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z.url('Expected `PUBLIC_URL` to be a URL, such as `https://files.example.com`.').optional(),
})

export interface ServerConfig {
  readonly port: number
  readonly host: string
  /** Known once the port is. */
  settings(boundPort: number): CommonSettings
  readonly pageDir: string
}

export function readConfig(environment: Environment): ServerConfig {
  const env = parseEnvironment(serverEnvironment, environment)
  return {
    port: env.PORT,
    host: env.HOST,
    settings: (boundPort) =>
      readSettings(environment, env.PUBLIC_URL?.replace(/\/+$/, '') ?? `http://localhost:${boundPort}`),
    pageDir: fileURLToPath(new URL('../../web/dist', import.meta.url)),
  }
}
