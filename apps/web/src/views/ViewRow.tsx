import type { ViewStatus } from '@bellhop/model'
import { CELL } from '../operations/table-look.ts'
import { Chip } from '../ui/Chip.tsx'
import { Time } from '../ui/Time.tsx'
import { useWords } from '../words/use-words.ts'
import { VIEW_LOOKS } from './view-look.ts'
import { ViewMenu } from './ViewMenu.tsx'

interface ViewRowProps {
  readonly view: ViewStatus
  /** Null when the next try begins. */
  readonly onFailure: (error: unknown) => void
}

export function ViewRow({ view, onFailure }: ViewRowProps) {
  const { operations, format } = useWords()
  const { views } = operations
  const { tone, icon } = VIEW_LOOKS[view.mode]
  const { freshness, drift, service } = view
  return (
    <tr>
      <th scope="row" className={`${CELL} text-left font-medium whitespace-nowrap`}>
        {view.name}
        <span className="block text-xs font-normal text-faint">{views.strategies[view.strategy]}</span>
      </th>
      <td className={CELL}>
        <Chip tone={tone} icon={icon} title={view.error ?? view.why}>
          {views.modes[view.mode]}
        </Chip>
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
        {freshness.stale ? views.pending(freshness.pending, freshness.lagMs) : operations.none}
      </td>
      <td className={`${CELL} text-right text-muted`}>
        {view.rows === null ? operations.none : format.count(view.rows)}
      </td>
      <td className={`${CELL} text-right text-muted`}>
        {view.lastAppliedAt === null ? operations.none : <Time at={view.lastAppliedAt} />}
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
        {view.lastDurationMs === null ? operations.none : format.precise(view.lastDurationMs)}
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-muted`}>
        {service === null ? (
          operations.none
        ) : (
          <>
            {views.service(service.share, service.freshWithinMs)}
            <span className={`block text-xs ${service.budgetLeft > 0 ? 'text-faint' : 'text-bad'}`}>
              {views.budget(service.budgetLeft)}
            </span>
          </>
        )}
      </td>
      <td className={`${CELL} text-right whitespace-nowrap ${drift.drifted > 0 ? 'text-bad' : 'text-muted'}`}>
        {drift.sampled === 0 ? operations.none : views.drifted(drift.drifted, drift.sampled)}
      </td>
      <td className={`${CELL} text-right`}>
        <ViewMenu view={view} onFailure={onFailure} />
      </td>
    </tr>
  )
}
