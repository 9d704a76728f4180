import { ChartColumn, FolderOpen, ListChecks, type LucideIcon, Settings2 } from 'lucide-react'

interface Place {
  readonly to: '/' | '/jobs' | '/insights' | '/settings'
  readonly word: 'library' | 'jobs' | 'insights' | 'settings'
  readonly icon: LucideIcon
}

/** Where the navigation leads, in its order. */
export const PLACES = [
  { to: '/', word: 'library', icon: FolderOpen },
  { to: '/jobs', word: 'jobs', icon: ListChecks },
  { to: '/insights', word: 'insights', icon: ChartColumn },
  { to: '/settings', word: 'settings', icon: Settings2 },
] as const satisfies readonly Place[]
