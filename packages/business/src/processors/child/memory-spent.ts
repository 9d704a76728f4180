/** What a child says on its stderr before it ends itself for its memory: the thread that watches over it has no other way out. */
export const MEMORY_SPENT = 'It took more memory than it may.'

/** Rejects `runInChild` when its child has ended itself for its memory. */
export class MemorySpent extends Error {
  override readonly name = 'MemorySpent'

  constructor() {
    super(`A child process ended itself. ${MEMORY_SPENT}`)
  }
}
