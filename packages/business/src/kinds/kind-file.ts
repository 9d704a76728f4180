import type { Kind } from '@bellhop/kind'
import { LIMITS } from '@bellhop/model'
import { z } from 'zod'
import { describeFaults } from '../input-faults.ts'
import { importKind } from './kind-imports.ts'
import type { OwnKind } from './own-kind.ts'

const MINUTE_MS = 60_000
const DEFAULTS = { timeoutMs: 5 * MINUTE_MS, memoryMib: 512, tries: 3 }
const MAX_STAGES = 32

const whole = (min: number, max: number) => {
  const sentence = `Expected a whole number from ${min} to ${max}.`
  return z.number(sentence).int(sentence).min(min, sentence).max(max, sentence)
}
const schema = z.custom<z.ZodType>(
  (value) => typeof value === 'object' && value !== null && 'safeParse' in value,
  'Expected a schema of zod.',
)

const stage = z.object({
  name: z.string().min(1).max(100),
  weight: z.number().positive('Expected a weight above 0.'),
  unit: z.string().min(1).max(100).optional(),
})

const kindSchema = z.object(
  {
    name: z
      .string('Expected a name, such as `text.count`.')
      .max(LIMITS.kindNameChars, `Expected a name of at most ${LIMITS.kindNameChars} characters.`)
      .regex(
        /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/,
        'Expected a name of lower-case letters, digits and hyphens with one dot between, such as `text.count`.',
      ),
    version: whole(1, 10_000),
    input: schema,
    output: schema,
    limits: z
      .object({
        timeoutMs: whole(1_000, 24 * 60 * MINUTE_MS).default(DEFAULTS.timeoutMs),
        memoryMib: whole(32, 16_384).default(DEFAULTS.memoryMib),
        tries: whole(1, 10).default(DEFAULTS.tries),
        maxRunning: whole(1, 1_000).optional(),
      })
      .prefault({}),
    stages: z.array(stage).min(1).max(MAX_STAGES, `Expected at most ${MAX_STAGES} stages.`).optional(),
    run: z.custom<Kind['run']>((value) => typeof value === 'function', 'Expected a function.'),
  },
  'Expected `export default defineKind({ … })`.',
)

/** What the file at `path` defines. Rejects with the reason, for whoever wrote it, when it is no kind. */
export async function readKindFile(path: string): Promise<OwnKind> {
  const { name, version, input, output, stages, limits } = parsed(await importKind(path))
  const { tries, maxRunning, ...bounds } = limits
  return {
    name,
    version,
    input,
    output,
    path,
    ...bounds,
    retries: { tries },
    ...(maxRunning !== undefined && { maxRunning }),
    ...(stages && { stages: stages.map(({ unit, ...rest }) => ({ ...rest, ...(unit !== undefined && { unit }) })) }),
  }
}

function parsed(value: unknown): z.infer<typeof kindSchema> {
  const result = kindSchema.safeParse(value)
  if (result.success) return result.data
  throw new Error(describeFaults(result.error).join(' '))
}
