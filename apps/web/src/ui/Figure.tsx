import type { LucideIcon } from 'lucide-react'

interface FigureProps {
  readonly icon: LucideIcon
  readonly name: string
  readonly value: string
  /** What the value stands beside: a part of what, since when. */
  readonly note?: string
  readonly bad?: boolean
}

/** One number with its name, in a `dl`. */
export function Figure({ icon: Icon, name, value, note, bad = false }: FigureProps) {
  return (
    <div className="rounded-xl border border-line bg-surface px-4 py-3.5 shadow-card">
      <dt className="flex items-center gap-1.5 text-sm text-muted">
        <Icon aria-hidden size={15} className={`shrink-0 ${bad ? 'text-bad' : 'text-faint'}`} />
        {name}
      </dt>
      <dd className={`figures mt-1 text-2xl font-semibold tracking-tight ${bad ? 'text-bad' : ''}`}>{value}</dd>
      {note !== undefined && <dd className="figures text-sm text-muted">{note}</dd>}
    </div>
  )
}
