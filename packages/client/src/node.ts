export { folderJournal } from './platform/node/folder-journal.ts'
