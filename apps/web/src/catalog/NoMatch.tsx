import { SearchX } from 'lucide-react'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useWords } from '../words/use-words.ts'

export function NoMatch({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  const words = useWords()
  return (
    <EmptyState icon={SearchX} title={words.catalog.noMatchTitle} help={words.catalog.noMatchHelp(text)}>
      <Button onPress={onClear}>{words.catalog.clearFilters}</Button>
    </EmptyState>
  )
}
