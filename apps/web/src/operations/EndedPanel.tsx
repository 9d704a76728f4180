import type { EndedMinute, KindEnded } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { EndedTable } from './EndedTable.tsx'
import { MinutesChart } from './MinutesChart.tsx'

interface EndedPanelProps {
  readonly ended: readonly KindEnded[]
  readonly minutes: readonly EndedMinute[]
}

/** How it has gone lately: a chart of the last hour, and the figures by kind. */
export function EndedPanel({ ended, minutes }: EndedPanelProps) {
  const { operations } = useWords()
  return (
    <Panel title={operations.ended} flush={ended.length > 0}>
      {ended.length === 0 ? (
        <p className="text-muted">{operations.endedNone}</p>
      ) : (
        <>
          <div className="p-4">
            <MinutesChart minutes={minutes} />
          </div>
          <EndedTable ended={ended} />
        </>
      )}
    </Panel>
  )
}
