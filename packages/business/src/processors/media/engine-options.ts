import { Dictionary } from 'node-av/lib'

const given: Dictionary[] = []

/**
 * Options for one call of the engine, which takes them over and frees them. The object here does not learn of that and would
 * free them again when it is collected; so it is kept for the life of this process, which is that of one task.
 */
export function engineOptions(options: Readonly<Record<string, string>>): Dictionary {
  const dictionary = Dictionary.fromObject(options)
  given.push(dictionary)
  return dictionary
}
