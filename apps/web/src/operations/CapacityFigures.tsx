import type { OperationsReport } from '@bellhop/model'
import { Clock3, Hourglass, LoaderCircle, Server } from 'lucide-react'
import { Figure } from '../ui/Figure.tsx'
import { useWords } from '../words/use-words.ts'

/** What waits against what could do it, and in a sentence what that means. */
export function CapacityFigures({ report }: { readonly report: OperationsReport }) {
  const { operations, format } = useWords()
  const { capacity, queue, here } = report
  const waiting = queue.reduce((sum, kind) => sum + kind.waiting, 0)
  const oldestMs = Math.max(0, ...queue.map((kind) => kind.oldestWaitMs ?? 0))
  const nobody = capacity.workers === 0
  return (
    <section aria-label={operations.capacity} className="flex flex-col gap-3">
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure
          icon={Clock3}
          name={operations.waiting}
          value={format.count(waiting)}
          note={waiting === 0 ? operations.nothingWaits : operations.oldest(oldestMs)}
        />
        <Figure
          icon={LoaderCircle}
          name={operations.slotsBusy}
          value={operations.of(capacity.busySlots, capacity.slots)}
          note={operations.hereOf(here.PENDING, here.PROCESSING)}
        />
        <Figure icon={Server} name={operations.workers} value={format.count(capacity.workers)} bad={nobody} />
        <Figure
          icon={Hourglass}
          name={operations.workWaiting}
          value={waiting === 0 ? operations.none : format.precise(capacity.workWaitingMs)}
        />
      </dl>
      <p className={`text-sm text-pretty ${nobody && waiting > 0 ? 'text-bad' : 'text-muted'}`}>
        {capacity.drainMs === null
          ? operations.noWorkers
          : operations.drain(capacity.workWaitingMs, capacity.slots, capacity.drainMs)}
      </p>
    </section>
  )
}
