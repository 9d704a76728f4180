import { CircleCheck, RefreshCw } from 'lucide-react'
import { Chip } from './Chip.tsx'

interface FreshnessChipProps {
  readonly stale: boolean
  readonly text: string
  readonly help: string
}

export function FreshnessChip({ stale, text, help }: FreshnessChipProps) {
  return (
    <Chip tone={stale ? 'warn' : 'neutral'} icon={stale ? RefreshCw : CircleCheck} title={help}>
      {text}
    </Chip>
  )
}
