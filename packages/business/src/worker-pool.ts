import type { JobKind } from '@bellhop/model'
import { z } from 'zod'

const MAX_LIMIT = 100_000

/** A comma list, such as `image.*,dataset.profile`. */
export const kindPatternsSetting = z.string().transform((text) => splitList(text))

/** A comma list, such as `image.variants=4,dataset.profile=2`: jobs at once in the whole cluster. */
export const kindLimitsSetting = (name: string) =>
  z.string().transform((text, { issues, value }): ReadonlyMap<string, number> => {
    const limits = new Map(
      splitList(text).map((item): [string, number] => {
        const at = item.lastIndexOf('=')
        return [item.slice(0, at).trim(), Number(item.slice(at + 1))]
      }),
    )
    const isRight = [...limits].every(
      ([kind, max]) => kind !== '' && Number.isInteger(max) && max > 0 && max <= MAX_LIMIT,
    )
    if (isRight) return limits
    const message = `Expected \`${name}\` to be like \`image.variants=4,dataset.profile=2\`, numbers from 1 to ${MAX_LIMIT}, got \`${text}\`.`
    issues.push({ code: 'custom', input: value, message })
    return z.NEVER
  })

/**
 * The kinds that a worker of this pool takes. `*` in a pattern stands for any text. Throws for a pattern that matches no
 * kind: its pool would wait for ever, and nobody would know.
 */
export function kindsOfPool(kinds: readonly JobKind[], patterns: readonly string[]): JobKind[] {
  const tests = patterns.map((pattern) => ({ pattern, test: testOf(pattern) }))
  const idle = tests.find(({ test }) => !kinds.some(({ name }) => test.test(name)))
  if (idle) {
    const names = kinds.map(({ name }) => name).join(', ')
    throw new Error(`Expected \`BELLHOP_WORKER_KINDS\` to name kinds that exist (${names}), got \`${idle.pattern}\`.`)
  }
  return kinds.filter(({ name }) => tests.some(({ test }) => test.test(name)))
}

function testOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w-]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`)
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
