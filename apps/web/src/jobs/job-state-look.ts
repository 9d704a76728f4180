import type { JobStatus } from '@bellhop/model'
import { CircleAlert, CircleCheck, CircleSlash, Clock3, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ChipTone } from '../ui/Chip.tsx'
import type { ProgressTone } from '../ui/Progress.tsx'

interface JobStateLook {
  readonly icon: LucideIcon
  readonly tone: ChipTone
  readonly bar: ProgressTone
  readonly ink: string
}

export const JOB_STATE_LOOKS: Readonly<Record<JobStatus, JobStateLook>> = {
  PENDING: { icon: Clock3, tone: 'neutral', bar: 'idle', ink: 'text-muted' },
  PROCESSING: { icon: LoaderCircle, tone: 'accent', bar: 'accent', ink: 'text-accent' },
  COMPLETED: { icon: CircleCheck, tone: 'good', bar: 'good', ink: 'text-good' },
  FAILED: { icon: CircleAlert, tone: 'bad', bar: 'bad', ink: 'text-bad' },
  CANCELLED: { icon: CircleSlash, tone: 'neutral', bar: 'idle', ink: 'text-muted' },
}
