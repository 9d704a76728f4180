import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'

interface BackLinkProps {
  readonly to: '/' | '/jobs'
  readonly text: string
}

/** From one of many to all of them. */
export function BackLink({ to, text }: BackLinkProps) {
  return (
    <Link to={to} className="-ml-1 inline-flex items-center gap-1 self-start rounded text-sm text-muted hover:text-ink">
      <ChevronLeft aria-hidden size={16} />
      {text}
    </Link>
  )
}
