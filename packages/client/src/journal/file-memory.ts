import type { UploadInput } from '../platform/platform.ts'
import type { JournalEntry } from './upload-journal.ts'

/**
 * `at-hand`: it can be read at once. `ask`: the browser will ask the person, and only after a click. `pick`: it must be given
 * again.
 */
export type FileAtHand = 'at-hand' | 'ask' | 'pick'

/** How a file is found again that an upload began with. */
export interface FileMemory {
  /** What to keep of an input; empty where nothing leads back to it. */
  note(input: UploadInput): Pick<JournalEntry, 'path' | 'handle'>
  state(entry: JournalEntry): Promise<FileAtHand>
  /** Asks the person where that is needed. Throws SOURCE_UNREADABLE when the file must be given again. */
  reopen(entry: JournalEntry): Promise<UploadInput>
}
