import { fileURLToPath } from 'node:url'

/**
 * Where Node keeps our sources stripped of their types and compiled: from the second run on a third of the time to start, and
 * 30 MiB less of memory.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url))
