import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { useWords } from '../words/use-words.ts'

/** Between the last key and the search. */
const PAUSE_MS = 150

/** Searches the Library as one types; from another page, on Enter. The address holds what is searched. */
export function SearchBox() {
  const words = useWords()
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const inLibrary = useRouterState({ select: ({ location }) => location.pathname === '/' })
  const searched = useRouterState({
    select: ({ location }) => ('q' in location.search ? (location.search.q ?? '') : ''),
  })
  const [text, setText] = useState(searched)
  const [known, setKnown] = useState(searched)
  // The address was changed by something else than this box: a link, or Back.
  if (searched !== known) {
    setKnown(searched)
    setText(searched)
  }

  const search = (wanted: string) => {
    const q = wanted.trim()
    if (q === searched) return
    setKnown(q)
    void navigate({ to: '/', search: (now) => ({ ...now, q: q === '' ? undefined : q }), replace: inLibrary })
  }
  useEffect(() => {
    if (!inLibrary || text.trim() === searched) return
    const timer = setTimeout(() => search(text), PAUSE_MS)
    return () => clearTimeout(timer)
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]'))
        return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <SearchField
      aria-label={words.frame.search}
      value={text}
      onChange={setText}
      onSubmit={() => search(text)}
      onClear={() => search('')}
      className="group relative w-full max-w-md min-w-0"
    >
      <Search
        aria-hidden
        size={16}
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-faint"
      />
      <Input
        ref={input}
        placeholder={words.frame.searchHint}
        className="h-9 w-full rounded-lg border border-line bg-surface pr-9 pl-9 text-base outline-offset-0 placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 hidden -translate-y-1/2 rounded border border-line px-1.5 font-mono text-xs text-faint group-data-[empty]:sm:block"
      >
        {'/'}
      </kbd>
      <Button
        aria-label={words.frame.clearSearch}
        className="absolute top-1/2 right-1.5 grid size-6 -translate-y-1/2 place-items-center rounded text-muted group-data-[empty]:hidden data-[hovered]:bg-hover"
      >
        <X aria-hidden size={14} />
      </Button>
    </SearchField>
  )
}
