import type { JobOutput } from '@bellhop/model'
import { Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useWords } from '../words/use-words.ts'
import { encodingName } from './DatasetFacts.tsx'

type Output = JobOutput<'dataset.profile'>
type Note = Output['notes'][number]

const SAYS = { icon: Info, look: 'bg-accent-soft text-accent' }
const WARNS = { icon: TriangleAlert, look: 'bg-warn-soft text-warn' }
const LOOKS: Readonly<Record<Note['code'], { readonly icon: LucideIcon; readonly look: string }>> = {
  TRANSCODED: SAYS,
  PREVIEW_CUT: SAYS,
  RAGGED_ROWS: WARNS,
  EMPTY_TABLE: WARNS,
}

/** What was noticed while reading: nothing is mended in silence. */
export function DatasetNotes({ output }: { readonly output: Output }) {
  const words = useWords()
  return (
    <ul className="flex flex-col gap-2">
      {output.notes.map((note) => {
        const { icon: Icon, look } = LOOKS[note.code]
        return (
          <li key={note.code} className={`flex items-start gap-2.5 rounded-xl px-4 py-2.5 ${look}`}>
            <Icon aria-hidden size={16} className="mt-0.75 shrink-0" />
            {words.file.note(note, encodingName(output.encoding ?? ''))}
          </li>
        )
      })}
    </ul>
  )
}
