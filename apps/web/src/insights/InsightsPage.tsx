import type { ReactNode } from 'react'

export function InsightsPage(): ReactNode {
  return null
}
