import type { ValetKeyRecord } from '@bellhop/model'
import { LIMITS } from '@bellhop/model'
import { Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import type { KeysSearch } from './keys-search.ts'

/** Between the last key and the search. */
const PAUSE_MS = 200

interface KeyFiltersProps {
  readonly search: KeysSearch
  /** What is shown, which tells the names of what is filtered by. */
  readonly rows: readonly ValetKeyRecord[]
  readonly onChange: (part: { readonly [K in keyof KeysSearch]: KeysSearch[K] | undefined }) => void
}

/** A text to look for, and the file and the person that the list is narrowed to. */
export function KeyFilters({ search, rows, onChange }: KeyFiltersProps) {
  const { keys } = useWords().settings
  const file = rows.find(({ fileId }) => fileId === search.file)?.fileName
  const person = rows.find(({ userId }) => userId === search.person)?.userName
  return (
    <div className="flex flex-wrap items-center gap-2">
      <KeySearchBox searched={search.q ?? ''} onSearch={(q) => onChange({ q: q === '' ? undefined : q })} />
      {search.file !== undefined && (
        <FilterChip
          text={file === undefined || file === null ? keys.ofThisFile : keys.ofFile(file)}
          onRemove={() => onChange({ file: undefined })}
        />
      )}
      {search.person !== undefined && (
        <FilterChip
          text={person === undefined || person === null ? keys.ofThisPerson : keys.ofPerson(person)}
          onRemove={() => onChange({ person: undefined })}
        />
      )}
    </div>
  )
}

function KeySearchBox({
  searched,
  onSearch,
}: {
  readonly searched: string
  readonly onSearch: (text: string) => void
}) {
  const { keys } = useWords().settings
  const [text, setText] = useState(searched)
  const [known, setKnown] = useState(searched)
  // The address was changed by something else than this box.
  if (searched !== known) {
    setKnown(searched)
    setText(searched)
  }
  useEffect(() => {
    const wanted = text.trim()
    if (wanted === searched) return
    const timer = setTimeout(() => {
      setKnown(wanted)
      onSearch(wanted)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  })
  return (
    <SearchField
      aria-label={keys.search}
      value={text}
      onChange={setText}
      maxLength={LIMITS.searchChars}
      className="group relative w-full sm:w-72"
    >
      <Search
        aria-hidden
        size={16}
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-faint"
      />
      <Input
        placeholder={keys.searchHint}
        className="h-9 w-full rounded-lg border border-line bg-surface pr-9 pl-9 placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      <Button
        aria-label={keys.clearSearch}
        className="absolute top-1/2 right-1.5 grid size-6 -translate-y-1/2 place-items-center rounded text-muted group-data-[empty]:hidden data-[hovered]:bg-hover"
      >
        <X aria-hidden size={14} />
      </Button>
    </SearchField>
  )
}

function FilterChip({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) {
  const { keys } = useWords().settings
  return (
    <span className="inline-flex h-8 max-w-full items-center gap-1 rounded-full border border-accent bg-accent-soft pr-1 pl-3 text-sm font-medium text-accent">
      <span className="truncate">{text}</span>
      <Button
        aria-label={keys.removeFilter(text)}
        onPress={onRemove}
        className="grid size-6 shrink-0 place-items-center rounded-full data-[hovered]:bg-hover"
      >
        <X aria-hidden size={13} />
      </Button>
    </span>
  )
}
