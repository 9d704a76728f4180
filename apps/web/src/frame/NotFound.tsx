import { Link } from '@tanstack/react-router'
import { Signpost } from 'lucide-react'
import { buttonClass } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { useWords } from '../words/use-words.ts'

export function NotFound() {
  const words = useWords()
  return (
    <main>
      <PageTitle hidden>{words.frame.notFound}</PageTitle>
      <EmptyState icon={Signpost} title={words.frame.notFound} help={words.frame.notFoundHelp}>
        <Link to="/" className={buttonClass('primary')}>
          {words.frame.toLibrary}
        </Link>
      </EmptyState>
    </main>
  )
}
