import type { z } from 'zod'

/** Each fault of an input as a sentence: where, and what is wrong. */
export function describeFaults(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message.replace(/\.?$/, '.')}`)
}
