import { createStore, del, get, set, values } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import type { JournalEntry, UploadJournal } from '../../journal/upload-journal.ts'

let opened: UseStore | undefined
/** Opened with the first entry: a page that uploads nothing has no database. */
const store = (): UseStore => (opened ??= createStore('bellhop-uploads', 'uploads'))

/** Of this browser, over all pages of this origin. Where it has no IndexedDB (some private windows) nothing is remembered. */
export const indexedDbJournal: UploadJournal = {
  put: (entry) => set(entry.uploadId, entry, store()),
  get: (uploadId) => get<JournalEntry>(uploadId, store()),
  delete: (uploadId) => del(uploadId, store()),
  list: () => values<JournalEntry>(store()).catch(() => []),
}
