import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** An explanation for those who ask for it. */
export function MoreAbout({ question, children }: { readonly question: string; readonly children: ReactNode }) {
  return (
    <details className="group text-sm">
      <summary className="inline-flex min-h-6 list-none items-center gap-1 rounded text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden size={14} className="transition-transform group-open:rotate-90" />
        {question}
      </summary>
      <div className="mt-1 max-w-prose pl-4.5 text-muted text-pretty">{children}</div>
    </details>
  )
}
