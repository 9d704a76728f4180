import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { useMay } from '../account/use-may.ts'
import { useWords } from '../words/use-words.ts'

/** The way to the operations where the bar at the bottom has no room for it. */
export function OperationsLink() {
  const { operations } = useWords()
  if (useMay('administer') !== true) return null
  return (
    <Link
      to="/operations"
      className="inline-flex h-9 items-center gap-1.5 rounded-lg px-2 text-sm font-medium text-accent hover:bg-hover sm:hidden"
    >
      <Activity aria-hidden size={16} />
      {operations.open}
    </Link>
  )
}
