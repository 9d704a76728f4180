import { Dictionary } from 'node-av/lib'

const kept: unknown[] = []

/**
 * For what a call of the engine takes over and frees. The object here does not learn of that and would free it again when it
 * is collected; so it is kept for the life of this process, which is that of one task.
 */
export function givenAway<T>(object: T): T {
  kept.push(object)
  return object
}

/** Options for one call of the engine. */
export function engineOptions(options: Readonly<Record<string, string>>): Dictionary {
  return givenAway(Dictionary.fromObject(options))
}
