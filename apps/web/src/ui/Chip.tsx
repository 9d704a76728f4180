import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export type ChipTone = 'neutral' | 'accent' | 'good' | 'bad' | 'warn'

const TONES: Readonly<Record<ChipTone, string>> = {
  neutral: 'bg-sunken text-muted',
  accent: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
}

interface ChipProps {
  readonly tone?: ChipTone
  readonly icon?: LucideIcon
  readonly spin?: boolean
  readonly title?: string
  readonly children: ReactNode
}

/** A state in an icon, a word and a colour, never in the colour alone. */
export function Chip({ tone = 'neutral', icon: Icon, spin = false, title, children }: ChipProps) {
  return (
    <span
      title={title}
      className={`figures inline-flex max-w-full items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium ${TONES[tone]}`}
    >
      {Icon !== undefined && (
        <Icon aria-hidden size={13} strokeWidth={2.2} className={`shrink-0 ${spin ? 'animate-spin' : ''}`} />
      )}
      <span className="truncate">{children}</span>
    </span>
  )
}
