import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KIB, LIMITS } from '@bellhop/model'
import { z } from 'zod'
import type { PlatformSettings } from './platform.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const url = (name: string) => z.url(`Expected \`${name}\` to be a URL.`)
const given = (name: string) =>
  z.string(`Expected \`${name}\` to be set.`).min(1, `Expected \`${name}\` not to be empty.`)
const whole = (name: string, min: number, max: number) =>
  z.string().transform((text, { issues, value }) => {
    const number = Number(text)
    if (Number.isInteger(number) && number >= min && number <= max) return number
    const message = `Expected \`${name}\` to be a whole number from ${min} to ${max}, got \`${text}\`.`
    issues.push({ code: 'custom', input: value, message })
    return z.NEVER
  })

/** From what one request may ask for at most, so that every request can be granted. */
const keysPerMinute = (name: string) => whole(name, LIMITS.downloadsPerRequest, 10_000_000)

const storeEnvironment = z.object({
  S3_ENDPOINT: url('S3_ENDPOINT'),
  S3_PUBLIC_ENDPOINT: url('S3_PUBLIC_ENDPOINT').optional(),
  S3_BUCKET: given('S3_BUCKET'),
  S3_REGION: given('S3_REGION').default('us-east-1'),
  S3_ACCESS_KEY_ID: given('S3_ACCESS_KEY_ID'),
  S3_SECRET_ACCESS_KEY: given('S3_SECRET_ACCESS_KEY'),
})

const platformEnvironment = z
  .object({
    ...storeEnvironment.shape,
    DATABASE_URL: url('DATABASE_URL'),
    BELLHOP_DATA_DIR: given('BELLHOP_DATA_DIR').default('.bellhop'),
    BELLHOP_KINDS_DIR: given('BELLHOP_KINDS_DIR').optional(),
    BELLHOP_SECRET: given('BELLHOP_SECRET')
      .min(32, 'Expected `BELLHOP_SECRET` to have at least 32 characters.')
      .optional(),
    BELLHOP_KEY_FLOOR_KIB_PER_SECOND: whole('BELLHOP_KEY_FLOOR_KIB_PER_SECOND', 1, 1024 * 1024).default(128),
    BELLHOP_KEY_LIFE_MIN_SECONDS: whole('BELLHOP_KEY_LIFE_MIN_SECONDS', 1, 3600).default(60),
    BELLHOP_KEY_LIFE_MAX_MINUTES: whole('BELLHOP_KEY_LIFE_MAX_MINUTES', 1, 720).default(720),
    BELLHOP_KEYS_PER_MINUTE_USER: keysPerMinute('BELLHOP_KEYS_PER_MINUTE_USER').default(30_000),
    BELLHOP_KEYS_PER_MINUTE_WORKSPACE: keysPerMinute('BELLHOP_KEYS_PER_MINUTE_WORKSPACE').default(120_000),
    BELLHOP_WEBHOOKS_TO_PRIVATE: z
      .enum(['allow', 'refuse'], 'Expected `BELLHOP_WEBHOOKS_TO_PRIVATE` to be `allow` or `refuse`.')
      .default('refuse'),
    BELLHOP_MAX_FILE_BYTES: whole('BELLHOP_MAX_FILE_BYTES', 1, LIMITS.fileSizeBytes).default(LIMITS.fileSizeBytes),
  })
  .refine(
    (env) => env.BELLHOP_KEY_LIFE_MIN_SECONDS <= env.BELLHOP_KEY_LIFE_MAX_MINUTES * 60,
    'Expected `BELLHOP_KEY_LIFE_MIN_SECONDS` not to be longer than `BELLHOP_KEY_LIFE_MAX_MINUTES`.',
  )

/** In the working directory. Beside the data folder might be `/tmp`, where anybody can put code. */
const USUAL_KINDS_DIR = 'kinds'

export interface CommonSettings extends PlatformSettings {
  readonly dataDir: string
  /** Where a team keeps its own kinds of jobs; null where it has none. */
  readonly kindsDir: string | null
}

/** Reads what server and worker share. Throws one Error that names every fault at once. */
export function readSettings(environment: Environment, publicUrl: string): CommonSettings {
  const env = parseEnvironment(platformEnvironment, environment)
  return {
    databaseUrl: env.DATABASE_URL,
    objectStore: storeOf(env),
    publicUrl,
    secret: env.BELLHOP_SECRET ?? keptSecret(env.BELLHOP_DATA_DIR),
    keyLife: {
      floorBytesPerSecond: env.BELLHOP_KEY_FLOOR_KIB_PER_SECOND * KIB,
      minMs: env.BELLHOP_KEY_LIFE_MIN_SECONDS * 1000,
      maxMs: env.BELLHOP_KEY_LIFE_MAX_MINUTES * 60_000,
    },
    keysPerMinute: {
      user: env.BELLHOP_KEYS_PER_MINUTE_USER,
      workspace: env.BELLHOP_KEYS_PER_MINUTE_WORKSPACE,
    },
    maxFileSizeBytes: env.BELLHOP_MAX_FILE_BYTES,
    webhooksToPrivate: env.BELLHOP_WEBHOOKS_TO_PRIVATE === 'allow',
    dataDir: env.BELLHOP_DATA_DIR,
    kindsDir: env.BELLHOP_KINDS_DIR ?? (existsSync(USUAL_KINDS_DIR) ? USUAL_KINDS_DIR : null),
  }
}

/** What is set of the object store alone. Throws like `readSettings`. */
export function readStoreSettings(environment: Environment): PlatformSettings['objectStore'] {
  return storeOf(parseEnvironment(storeEnvironment, environment))
}

function storeOf(env: z.infer<typeof storeEnvironment>): PlatformSettings['objectStore'] {
  return {
    endpoint: env.S3_ENDPOINT,
    publicEndpoint: env.S3_PUBLIC_ENDPOINT,
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  }
}

/**
 * The environment; with `BELLHOP_AWAITS_REST` completed by the parent, who sends what it finds out while we load:
 * `{ type: 'environment', environment }`.
 */
export async function readEnvironment(): Promise<Environment> {
  if (!process.env['BELLHOP_AWAITS_REST'] || !process.send) return process.env
  const message = await new Promise<unknown>((resolve) => process.once('message', resolve))
  const { environment } = environmentMessage.parse(message)
  return { ...process.env, ...environment }
}

const environmentMessage = z.object({
  type: z.literal('environment'),
  environment: z.record(z.string(), z.string().optional()),
})

export function parseEnvironment<T>(schema: z.ZodType<T>, environment: Environment): T {
  // An empty variable is one that was not set.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map((issue) => issue.message).join('\n'))
}

export { whole as wholeNumberSetting }

/** Made on first use and kept in the data folder, readable by its owner only. */
function keptSecret(dataDir: string): string {
  const path = join(dataDir, 'secret')
  mkdirSync(dataDir, { recursive: true })
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trim()
}
