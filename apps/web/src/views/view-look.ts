import type { ViewMode } from '@bellhop/model'
import { CircleAlert, CircleCheck, CirclePause, GitBranch, Hammer, type LucideIcon, RefreshCw } from 'lucide-react'
import type { ChipTone } from '../ui/Chip.tsx'

export const VIEW_LOOKS: Readonly<Record<ViewMode, { readonly tone: ChipTone; readonly icon: LucideIcon }>> = {
  fresh: { tone: 'good', icon: CircleCheck },
  applying: { tone: 'accent', icon: RefreshCw },
  rebuilding: { tone: 'accent', icon: Hammer },
  failing: { tone: 'bad', icon: CircleAlert },
  paused: { tone: 'warn', icon: CirclePause },
  foreign: { tone: 'warn', icon: GitBranch },
}
