import type { Right } from '@bellhop/model'
import { Activity, ChartColumn, FolderOpen, ListChecks, type LucideIcon, Settings2 } from 'lucide-react'

interface Place {
  readonly to: '/' | '/jobs' | '/insights' | '/operations' | '/settings'
  readonly word: 'library' | 'jobs' | 'insights' | 'operations' | 'settings'
  readonly icon: LucideIcon
  /** Who may not sees no way there. */
  readonly right: Right
  /** The bar of a narrow screen has no room for it: another page leads there. */
  readonly wideOnly: boolean
}

/** Where the navigation leads, in its order. */
export const PLACES = [
  { to: '/', word: 'library', icon: FolderOpen, right: 'read', wideOnly: false },
  { to: '/jobs', word: 'jobs', icon: ListChecks, right: 'read', wideOnly: false },
  { to: '/insights', word: 'insights', icon: ChartColumn, right: 'read', wideOnly: false },
  { to: '/operations', word: 'operations', icon: Activity, right: 'administer', wideOnly: true },
  { to: '/settings', word: 'settings', icon: Settings2, right: 'read', wideOnly: false },
] as const satisfies readonly Place[]
