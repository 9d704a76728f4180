import { formatsFor } from './format.ts'

const { count } = formatsFor('en')

/** `one` when there is exactly one, else `many`; the number comes first. */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`
}
