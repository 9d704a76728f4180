import { ProgressBar } from 'react-aria-components'

export type ProgressTone = 'accent' | 'good' | 'bad' | 'idle'

const TONES: Readonly<Record<ProgressTone, string>> = {
  accent: 'bg-accent',
  good: 'bg-good',
  bad: 'bg-bad',
  idle: 'bg-line-strong',
}

interface ProgressProps {
  readonly label: string
  /** 0 to 1. */
  readonly fraction: number
  /** What is spoken in place of the bare percentage. */
  readonly valueText: string
  readonly tone?: ProgressTone
}

export function Progress({ label, fraction, valueText, tone = 'accent' }: ProgressProps) {
  return (
    <ProgressBar
      aria-label={label}
      value={Math.floor(fraction * 100)}
      valueLabel={valueText}
      className="block h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        // Moved in from the left, which needs no layout, and not scaled, so that its end stays round.
        className={`h-full rounded-full transition-transform duration-300 ease-out ${TONES[tone]}`}
        style={{ transform: `translateX(${(Math.min(1, Math.max(0, fraction)) - 1) * 100}%)` }}
      />
    </ProgressBar>
  )
}
