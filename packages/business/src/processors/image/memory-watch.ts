import process from 'node:process'
import { setInterval } from 'node:timers/promises'
import { MAX_CHILD_BYTES, MEMORY_LOOK_MS } from './bounds.ts'
import { memorySpent } from './image-error.ts'

/**
 * What an image costs to decode cannot be told from its pixels alone (an interlaced PNG is held whole, a JPEG is not), so
 * the process is watched as well. It is killed when this has thrown. libvips works on threads of its own meanwhile.
 * @throws InputFault IMAGE_TOO_LARGE
 */
export async function withinMemory<T>(work: () => Promise<T>, maxBytes = MAX_CHILD_BYTES): Promise<T> {
  const done = new AbortController()
  try {
    return await Promise.race([work(), exceeded(maxBytes, done.signal)])
  } finally {
    done.abort()
  }
}

async function exceeded(maxBytes: number, signal: AbortSignal): Promise<never> {
  for await (const _ of setInterval(MEMORY_LOOK_MS, undefined, { signal, ref: false })) {
    if (process.memoryUsage.rss() > maxBytes) throw memorySpent()
  }
  throw new Error('A clock has stopped.')
}
