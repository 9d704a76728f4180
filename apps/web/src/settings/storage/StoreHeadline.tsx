import type { StoreReport } from '@bellhop/model'
import { Time } from '../../ui/Time.tsx'
import { useWords } from '../../words/use-words.ts'
import { StoreFacts } from './StoreFacts.tsx'
import { CHECK_LOOKS, worstState } from './store-state.ts'

/** How the store is doing in one sentence, and which store that is. */
export function StoreHeadline({ report }: { readonly report: StoreReport }) {
  const { storage } = useWords().settings
  const state = worstState(report.checks)
  const { icon: Icon, soft } = CHECK_LOOKS[state]
  return (
    <section
      aria-label={storage.headlines[state]}
      className="overflow-hidden rounded-xl border border-line bg-surface shadow-card"
    >
      <div className="flex items-start gap-4 p-5">
        <span className={`grid size-11 shrink-0 place-items-center rounded-xl ${soft}`}>
          <Icon aria-hidden size={24} strokeWidth={1.9} />
        </span>
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <h2 className="text-xl font-semibold tracking-tight text-balance">{storage.headlines[state]}</h2>
          <p className="text-muted text-pretty">{storage.headlineHelp[state]}</p>
          <p className="figures text-sm text-faint">
            <Time at={report.checkedAt} say={storage.checked} />
          </p>
        </div>
      </div>
      <StoreFacts report={report} />
    </section>
  )
}
