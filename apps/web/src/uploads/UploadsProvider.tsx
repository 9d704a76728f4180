import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { putLiveJobs } from '../live/live-jobs.ts'
import { LeaveGuard } from './LeaveGuard.tsx'
import { Transfers, type UploadEngine } from './transfers.ts'
import { UploadAnnouncer } from './UploadAnnouncer.tsx'
import { TransfersContext } from './use-transfers.ts'

/** Above the router: uploads outlive pages. */
export function UploadsProvider({ engine, children }: { readonly engine: UploadEngine; readonly children: ReactNode }) {
  const client = useQueryClient()
  const [transfers] = useState(() => new Transfers(engine, (jobs) => void putLiveJobs(client, jobs)))
  return (
    <TransfersContext value={transfers}>
      {children}
      <LeaveGuard />
      <UploadAnnouncer />
    </TransfersContext>
  )
}
