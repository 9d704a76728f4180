import type { WorkerReport } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { WorkerRow } from './WorkerRow.tsx'

interface WorkersPanelProps {
  readonly workers: readonly WorkerReport[]
  /** When the figures were read, by the server's clock. */
  readonly now: number
}

export function WorkersPanel({ workers, now }: WorkersPanelProps) {
  const { operations } = useWords()
  return (
    <Panel title={operations.workers} flush={workers.length > 0}>
      {workers.length === 0 ? (
        <p className="text-muted">{operations.noWorkers}</p>
      ) : (
        <ul aria-label={operations.workers} className="divide-y divide-line">
          {workers.map((worker) => (
            <WorkerRow key={worker.id} worker={worker} now={now} />
          ))}
        </ul>
      )}
    </Panel>
  )
}
