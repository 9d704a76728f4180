import { z } from 'zod'
import { LOCAL_STACK_ERROR_CODES } from './local-stack-error.ts'

const port = z.int().min(1).max(65_535).optional()

/** The first message from the parent. */
export const localStackConfig = z.object({
  dataDir: z.string().min(1),
  /** Without a port the one of the last start is used when it is free, else another. */
  postgresPort: port,
  s3Port: port,
  /** Over the defaults, such as `{ fsync: 'off' }` for tests. */
  postgresSettings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  withPostgres: z.boolean(),
  withObjectStore: z.boolean(),
})

const localStackReady = z.object({
  databaseUrl: z.string().optional(),
  s3: z
    .object({
      endpoint: z.string(),
      bucket: z.string(),
      region: z.string(),
      accessKeyId: z.string(),
      secretAccessKey: z.string(),
    })
    .optional(),
})

/** What the child says. `failed` may come after `ready`, when Postgres ends by itself. */
export const localStackMessage = z.discriminatedUnion('type', [
  localStackReady.extend({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), code: z.enum(LOCAL_STACK_ERROR_CODES), message: z.string() }),
  z.object({ type: z.literal('log'), line: z.string() }),
])

export type LocalStackConfig = z.infer<typeof localStackConfig>
export type LocalStackReady = z.infer<typeof localStackReady>
export type LocalStackMessage = z.infer<typeof localStackMessage>
