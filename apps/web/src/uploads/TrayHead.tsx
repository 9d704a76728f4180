import { ChevronDown, ChevronUp, ListX, Pause, Play } from 'lucide-react'
import { Button } from 'react-aria-components'
import { announce } from '../ui/live-region.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { useWords } from '../words/use-words.ts'
import { mayPause, type Transfer } from './transfer.ts'
import { useTransfers } from './use-transfers.ts'

interface TrayHeadProps {
  readonly summary: { readonly head: string; readonly detail: string | null }
  readonly list: readonly Transfer[]
  /** What has ended, jobs and all. */
  readonly done: readonly Transfer[]
  readonly open: boolean
  readonly onToggle: () => void
}

/** What matters most now, and what can be done with all of it. */
export function TrayHead({ summary, list, done, open, onToggle }: TrayHeadProps) {
  const { uploads } = useWords()
  const transfers = useTransfers()
  const running = list.filter(mayPause)
  const paused = list.filter(({ state }) => state.status === 'PAUSED')
  return (
    <div className="flex items-center gap-1 py-2 pr-2 pl-4">
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">{summary.head}</h2>
        {summary.detail !== null && <p className="figures truncate text-xs text-muted">{summary.detail}</p>}
      </div>
      {running.length > 0 && (
        <IconButton
          icon={Pause}
          label={uploads.pauseAll}
          onPress={() => {
            transfers.pause(running.map(({ key }) => key))
            announce(uploads.announcePaused(running.length))
          }}
        />
      )}
      {running.length === 0 && paused.length > 0 && (
        <IconButton
          icon={Play}
          label={uploads.goOnAll}
          onPress={() => {
            transfers.goOn(paused.map(({ key }) => key))
            announce(uploads.announceGoesOn(paused.length))
          }}
        />
      )}
      {done.length > 0 && (
        <IconButton
          icon={ListX}
          label={uploads.clearDone}
          onPress={() => transfers.remove(done.map(({ key }) => key))}
        />
      )}
      <Button
        aria-label={open ? uploads.collapse : uploads.open}
        aria-expanded={open}
        onPress={onToggle}
        className="grid size-9 place-items-center rounded-lg text-muted data-[hovered]:bg-hover"
      >
        {open ? <ChevronDown aria-hidden size={18} /> : <ChevronUp aria-hidden size={18} />}
      </Button>
    </div>
  )
}
