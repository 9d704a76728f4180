import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Transfer } from './transfer.ts'
import type { Transfers } from './transfers.ts'

export const TransfersContext = createContext<Transfers | null>(null)

export function useTransfers(): Transfers {
  const transfers = useContext(TransfersContext)
  if (transfers === null) throw new Error('useTransfers() needs an <UploadsProvider> above it.')
  return transfers
}

export function useTransferList(): readonly Transfer[] {
  const transfers = useTransfers()
  return useSyncExternalStore(transfers.subscribe, transfers.snapshot)
}
