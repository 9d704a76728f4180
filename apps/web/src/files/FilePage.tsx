import type { ReactNode } from 'react'

export function FilePage(): ReactNode {
  return null
}
