import { join } from 'node:path'
import type { UploadJournal } from '@bellhop/client'
import { folderJournal } from '@bellhop/client/node'
import { stateDirOf } from '../state-dir.ts'

export interface CliJournal extends UploadJournal {
  /** When all that was to be noted is: before that, a process that ends forgets it. */
  settled(): Promise<void>
}

/** Of the uploads that began here, whatever server they went to. */
export function openJournal(environment: NodeJS.ProcessEnv): CliJournal {
  const journal = folderJournal(join(stateDirOf(environment), 'uploads'))
  const writing = new Set<Promise<void>>()
  const track = (write: Promise<void>): Promise<void> => {
    const tracked = write.finally(() => writing.delete(tracked))
    writing.add(tracked)
    return tracked
  }
  return {
    ...journal,
    put: (entry) => track(journal.put(entry)),
    delete: (uploadId) => track(journal.delete(uploadId)),
    settled: async () => void (await Promise.allSettled(writing)),
  }
}
