import { ChevronDown, ChevronUp, ListX } from 'lucide-react'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { useLiveJobsById } from '../live/live-jobs.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Progress } from '../ui/Progress.tsx'
import { useWords } from '../words/use-words.ts'
import { TransferRow } from './TransferRow.tsx'
import { traySummary } from './tray-summary.ts'
import { isUnsent } from './transfer.ts'
import { uploadTotals } from './upload-totals.ts'
import { useTransferList, useTransfers } from './use-transfers.ts'

/** Rows drawn at once; a drop of thousands must not freeze the tab. What goes on comes first. */
const ROWS_MAX = 100

/** Where the list would hide the page, it starts as a line. */
const NARROW = '(width < 40rem)'

/** Each transfer from the first byte to the last job, on every page. */
export function UploadTray() {
  const words = useWords()
  const transfers = useTransfers()
  const list = useTransferList()
  const [open, setOpen] = useState(() => !matchMedia(NARROW).matches)
  const jobs = useLiveJobsById(list.flatMap(({ state }) => state.file?.jobs.map((job) => job.id) ?? []))
  if (list.length === 0) return null

  const totals = uploadTotals(list)
  const running = jobs.filter((job) => job.status === 'PENDING' || job.status === 'PROCESSING')
  const summary = traySummary(words, totals, running.length)
  const runningFiles = new Set(running.map((job) => job.fileId))
  const done = list.filter((transfer) => !isUnsent(transfer) && !runningFiles.has(transfer.state.fileId))
  const order = (transfer: (typeof list)[number]) =>
    transfer.state.status === 'FAILED' ? 0 : isUnsent(transfer) ? 1 : 2
  const rows = list.toSorted((a, b) => order(a) - order(b)).slice(0, ROWS_MAX)

  return (
    <section
      aria-label={words.uploads.title}
      className="rise fixed right-4 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] left-4 z-40 flex max-h-[min(28rem,60dvh)] flex-col overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-float sm:bottom-4 sm:left-auto sm:w-104"
    >
      <div className="flex items-center gap-2 py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold">{summary.head}</h2>
          {summary.detail !== null && <p className="figures truncate text-xs text-muted">{summary.detail}</p>}
        </div>
        {done.length > 0 && (
          <IconButton
            icon={ListX}
            label={words.uploads.clearDone}
            onPress={() => transfers.remove(done.map(({ key }) => key))}
          />
        )}
        <Button
          aria-label={open ? words.uploads.collapse : words.uploads.open}
          aria-expanded={open}
          onPress={() => setOpen(!open)}
          className="grid size-9 place-items-center rounded-lg text-muted data-[hovered]:bg-hover"
        >
          {open ? <ChevronDown aria-hidden size={18} /> : <ChevronUp aria-hidden size={18} />}
        </Button>
      </div>
      {totals.unsent > 0 && (
        <div className="px-4 pb-3">
          <Progress
            label={words.uploads.title}
            fraction={totals.fraction}
            valueText={words.uploads.progressText(totals.fraction, totals.etaMs)}
          />
        </div>
      )}
      {open && (
        <ul className="divide-y divide-line overflow-y-auto border-t border-line">
          {rows.map((transfer) => (
            <TransferRow key={transfer.key} transfer={transfer} working={runningFiles.has(transfer.state.fileId)} />
          ))}
        </ul>
      )}
    </section>
  )
}
