import type { JobOutput } from '@bellhop/model'
import { Info } from 'lucide-react'
import type { Words } from '../words/en.ts'
import { useWords } from '../words/use-words.ts'
import { encodingName } from './DatasetFacts.tsx'

type Output = JobOutput<'dataset.profile'>
type Note = Output['notes'][number]

/** What was noticed while reading: nothing is mended in silence. */
export function DatasetNotes({ output }: { readonly output: Output }) {
  const words = useWords()
  return (
    <ul className="flex flex-col gap-1.5 rounded-xl bg-warn-soft px-4 py-3 text-warn">
      {output.notes.map((note) => (
        <li key={note.code} className="flex items-start gap-2.5">
          <Info aria-hidden size={16} className="mt-0.75 shrink-0" />
          {noteText(words, note, output.encoding)}
        </li>
      ))}
    </ul>
  )
}

function noteText(words: Words, note: Note, encoding: string | null): string {
  const { notes } = words.file
  switch (note.code) {
    case 'TRANSCODED':
      return encoding === null ? note.sentence : notes.TRANSCODED(encodingName(encoding))
    case 'RAGGED_ROWS':
      return note.rows === undefined ? note.sentence : notes.RAGGED_ROWS(note.rows)
    case 'EMPTY_TABLE':
      return notes.EMPTY_TABLE
    case 'PREVIEW_CUT':
      return notes.PREVIEW_CUT
  }
}
