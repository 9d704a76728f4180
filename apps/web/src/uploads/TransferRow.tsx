import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleSlash, FolderSearch, Pause, Play, RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import { JobActions } from '../jobs/JobActions.tsx'
import { JobState } from '../jobs/JobState.tsx'
import { useLiveJob } from '../live/live-jobs.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { useWords } from '../words/use-words.ts'
import type { JobSnapshot } from '@bellhop/model'
import { isUnsent, mayPause, type Transfer } from './transfer.ts'
import { TransferProgressLine } from './TransferProgressLine.tsx'
import { TransferError } from './TransferError.tsx'
import { useFilePicking } from './use-file-picking.ts'
import { useTransfers } from './use-transfers.ts'

interface TransferRowProps {
  readonly transfer: Transfer
  /** Its jobs still run: there is something to cancel, and nothing yet to clear away. */
  readonly working: boolean
}

/** One file on its way: sending, then its jobs, in one place. */
export const TransferRow = memo(function TransferRow({ transfer, working }: TransferRowProps) {
  const words = useWords()
  const transfers = useTransfers()
  const { key, name, state } = transfer
  const unsent = isUnsent(transfer)
  const jobs = state.file?.jobs ?? []
  return (
    <li className="flex flex-col gap-1.5 py-2.5 pr-2 pl-4">
      <div className="flex items-center gap-2">
        {state.status === 'DONE' && <CircleCheck aria-hidden size={16} className="shrink-0 text-good" />}
        {state.status === 'FAILED' && <CircleAlert aria-hidden size={16} className="shrink-0 text-bad" />}
        {state.status === 'ABORTED' && <CircleSlash aria-hidden size={16} className="shrink-0 text-faint" />}
        <span className="min-w-0 flex-1 font-medium">
          {state.status === 'DONE' && state.fileId !== null ? (
            <Link to="/files/$fileId" params={{ fileId: state.fileId }} className="flex hover:underline">
              <MiddleEllipsis text={name} />
            </Link>
          ) : (
            <MiddleEllipsis text={name} />
          )}
        </span>
        {state.status === 'FAILED' && <Remedy transfer={transfer} />}
        {mayPause(transfer) && (
          <IconButton small icon={Pause} label={words.uploads.pause(name)} onPress={() => transfers.pause([key])} />
        )}
        {state.status === 'PAUSED' && (
          <IconButton small icon={Play} label={words.uploads.goOn(name)} onPress={() => transfers.goOn([key])} />
        )}
        {unsent && (
          <IconButton small icon={X} label={words.uploads.cancel(name)} onPress={() => transfers.cancel(key)} />
        )}
        {!unsent && !working && (
          <IconButton small icon={X} label={words.uploads.remove(name)} onPress={() => transfers.remove([key])} />
        )}
      </div>
      <div className="flex flex-col gap-2">
        {unsent && <TransferProgressLine transfer={transfer} />}
        {state.status === 'FAILED' && <TransferError error={state.error} />}
        {state.status === 'ABORTED' && <p className="text-xs text-muted">{words.uploads.cancelled}</p>}
        {jobs.map((job) => (
          <TransferJob key={job.id} job={job} />
        ))}
        {state.status === 'DONE' && jobs.length === 0 && <p className="text-xs text-muted">{words.uploads.done}</p>}
      </div>
    </li>
  )
})

/** What helps a transfer that has failed. */
function Remedy({ transfer: { key, name, remedy } }: { readonly transfer: Transfer }) {
  const { uploads } = useWords()
  const transfers = useTransfers()
  const { pickOne } = useFilePicking()
  if (remedy === 'retry') {
    return <IconButton small icon={RotateCcw} label={uploads.retry(name)} onPress={() => transfers.retry(key)} />
  }
  const pick = async () => {
    const picked = await pickOne()
    if (picked !== null) transfers.retry(key, picked)
  }
  return <IconButton small icon={FolderSearch} label={uploads.pickAgain(name)} onPress={() => void pick()} />
}

function TransferJob({ job: started }: { readonly job: JobSnapshot }) {
  const job = useLiveJob(started)
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <JobState job={job} />
      </div>
      <JobActions job={job} />
    </div>
  )
}
