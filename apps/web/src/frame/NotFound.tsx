import { Link } from '@tanstack/react-router'
import { Signpost } from 'lucide-react'
import { buttonClass } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'
import { useWords } from '../words/use-words.ts'

/** For an address that names nothing, and for what was deleted meanwhile. */
export function NotFound() {
  const words = useWords()
  return (
    <>
      <PageTitle hidden>{words.frame.notFound}</PageTitle>
      <EmptyState icon={Signpost} title={words.frame.notFound} help={words.frame.notFoundHelp}>
        <Link to="/" className={buttonClass('primary')}>
          {words.frame.toLibrary}
        </Link>
      </EmptyState>
    </>
  )
}
