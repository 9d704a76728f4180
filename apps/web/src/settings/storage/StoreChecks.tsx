import type { StoreReport } from '@bellhop/model'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/use-words.ts'
import { StoreCheckRow } from './StoreCheckRow.tsx'
import { groupedChecks } from './store-state.ts'

/** Each thing that the doctor looked at, by what it is about. */
export function StoreChecks({ report }: { readonly report: StoreReport }) {
  const { storage } = useWords().settings
  return (
    <>
      {groupedChecks(report.checks).map(({ group, checks }) => {
        const good = checks.filter(({ state }) => state === 'green').length
        return (
          <Panel
            key={group}
            title={storage.groups[group]}
            aside={
              <span className="figures text-sm text-muted">
                {good === checks.length ? storage.allGood(good) : storage.someGood(good, checks.length)}
              </span>
            }
            flush
          >
            <ul className="divide-y divide-line">
              {checks.map((check) => (
                <StoreCheckRow key={check.name} check={check} />
              ))}
            </ul>
          </Panel>
        )
      })}
    </>
  )
}
