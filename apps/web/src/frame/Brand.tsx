import { ConciergeBell } from 'lucide-react'

/** The name is the same in every language. */
const NAME = 'Bellhop'

export function Brand({ nameClass = '' }: { readonly nameClass?: string }) {
  return (
    <span className="inline-flex items-center gap-2.5">
      <span className="grid size-8 place-items-center rounded-lg bg-accent text-on-accent">
        <ConciergeBell aria-hidden size={18} strokeWidth={2} />
      </span>
      <span className={`text-lg font-semibold tracking-tight ${nameClass}`}>{NAME}</span>
    </span>
  )
}
