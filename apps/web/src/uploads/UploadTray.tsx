import { lazy, Suspense, useState } from 'react'
import { useLiveJobsById } from '../live/live-jobs.ts'
import { Progress } from '../ui/Progress.tsx'
import { useWords } from '../words/use-words.ts'
import { foremost, isUnsent } from './transfer.ts'
import { TransferRow } from './TransferRow.tsx'
import { TrayHead } from './TrayHead.tsx'
import { traySummary } from './tray-summary.ts'
import { uploadTotals } from './upload-totals.ts'
import { useLeftovers } from './use-leftovers.ts'
import { useTransferList } from './use-transfers.ts'

/** Most visits have none, and its dialogs weigh something. */
const LeftoverList = lazy(async () => ({ default: (await import('./LeftoverList.tsx')).LeftoverList }))

/** Rows drawn at once; a drop of thousands must not freeze the tab. What needs a person and what moves comes first. */
const ROWS_MAX = 40

/** Where the list would hide the page, it starts as a line. */
const NARROW = '(width < 40rem)'

/** Each transfer from the first byte to the last job, on every page, and what was left by earlier ones. */
export function UploadTray() {
  const words = useWords()
  const list = useTransferList()
  const leftovers = useLeftovers()
  const [chosen, setOpen] = useState<boolean | null>(null)
  const jobs = useLiveJobsById(list.flatMap(({ state }) => state.file?.jobs.map((job) => job.id) ?? []))
  if (list.length === 0 && leftovers.length === 0) return null

  const totals = uploadTotals(list)
  const running = jobs.filter((job) => job.status === 'PENDING' || job.status === 'PROCESSING')
  const summary = traySummary(words, totals, { runningJobs: running.length, leftovers: leftovers.length })
  const runningFiles = new Set(running.map((job) => job.fileId))
  const done = list.filter((transfer) => !isUnsent(transfer) && !runningFiles.has(transfer.state.fileId))
  // What was begun on another machine is offered, not pressed upon anybody.
  const matters = list.length > 0 || leftovers.some(({ file }) => file !== 'elsewhere')
  const open = chosen ?? (matters && !matchMedia(NARROW).matches)
  const rows = open ? foremost(list, ROWS_MAX) : []

  return (
    <section
      aria-label={words.uploads.title}
      className="rise fixed right-4 bottom-[calc(4.25rem+env(safe-area-inset-bottom))] left-4 z-40 flex max-h-[min(28rem,60dvh)] flex-col overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-float sm:bottom-4 sm:left-auto sm:w-104"
    >
      <TrayHead summary={summary} list={list} done={done} open={open} onToggle={() => setOpen(!open)} />
      {totals.unsent > 0 && (
        <div className="px-4 pb-3">
          <Progress
            label={words.uploads.title}
            fraction={totals.fraction}
            valueText={words.uploads.progressText(totals.fraction, totals.etaMs)}
            tone={totals.paused === totals.unsent ? 'idle' : 'accent'}
          />
        </div>
      )}
      {open && (
        <div className="overflow-y-auto border-t border-line">
          {leftovers.length > 0 && (
            <Suspense>
              <LeftoverList leftovers={leftovers.slice(0, ROWS_MAX)} titled={list.length > 0} />
            </Suspense>
          )}
          {rows.length > 0 && (
            <ul aria-label={words.uploads.title} className="divide-y divide-line">
              {rows.map((transfer) => (
                <TransferRow key={transfer.key} transfer={transfer} working={runningFiles.has(transfer.state.fileId)} />
              ))}
            </ul>
          )}
          {list.length > rows.length && (
            <p className="border-t border-line px-4 py-2.5 text-sm text-muted">
              {words.uploads.moreRows(list.length - rows.length)}
            </p>
          )}
        </div>
      )}
    </section>
  )
}
