import { ChartColumn, FolderOpen, ListChecks, type LucideIcon } from 'lucide-react'

interface Place {
  readonly to: '/' | '/jobs' | '/insights'
  readonly word: 'library' | 'jobs' | 'insights'
  readonly icon: LucideIcon
}

/** Where the navigation leads, in its order. */
export const PLACES = [
  { to: '/', word: 'library', icon: FolderOpen },
  { to: '/jobs', word: 'jobs', icon: ListChecks },
  { to: '/insights', word: 'insights', icon: ChartColumn },
] as const satisfies readonly Place[]
