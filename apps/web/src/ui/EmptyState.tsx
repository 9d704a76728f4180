import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly help: string
  readonly children?: ReactNode
}

/** What a page says when it has nothing to show: a sentence, and what to do. */
export function EmptyState({ icon: Icon, title, help, children }: EmptyStateProps) {
  return (
    <div className="fade mx-auto flex max-w-lg flex-col items-center gap-3 px-4 py-16 text-center">
      <span className="mb-1 grid size-14 place-items-center rounded-2xl bg-accent-soft text-accent">
        <Icon aria-hidden size={26} strokeWidth={1.7} />
      </span>
      <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
      <p className="text-muted text-pretty">{help}</p>
      {children !== undefined && <div className="mt-3 flex w-full flex-col items-center gap-5">{children}</div>}
    </div>
  )
}
