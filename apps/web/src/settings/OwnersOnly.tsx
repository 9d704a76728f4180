import { ShieldUser } from 'lucide-react'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useWords } from '../words/use-words.ts'

/** Stands where a section is for others, and says why. */
export function OwnersOnly({ help }: { readonly help: string }) {
  const { settings } = useWords()
  return <EmptyState icon={ShieldUser} title={settings.ownersOnly} help={help} />
}
