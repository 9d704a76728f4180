import type { StoreCheck } from '@bellhop/model'
import { Chip } from '../../ui/Chip.tsx'
import { Prose } from '../../ui/Prose.tsx'
import { useWords } from '../../words/use-words.ts'
import { StoreRemedy } from './StoreRemedy.tsx'
import { CHECK_LOOKS } from './store-state.ts'

/** One check: what should be, what was found, and what to do about it. */
export function StoreCheckRow({ check }: { readonly check: StoreCheck }) {
  const { storage } = useWords().settings
  const { icon: Icon, tone, ink } = CHECK_LOOKS[check.state]
  const { title, why } = storage.checks[check.name]
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Icon aria-hidden size={18} strokeWidth={2} className={`mt-0.5 shrink-0 ${ink}`} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div className="flex items-start gap-3">
          <div className="grid min-w-0 flex-1 gap-x-8 gap-y-1 lg:grid-cols-[5fr_4fr]">
            <div className="min-w-0">
              <h3 className="font-medium text-pretty">{title}</h3>
              <p className="text-sm text-muted text-pretty">{why}</p>
            </div>
            <p lang="en" className="min-w-0 text-sm text-faint text-pretty wrap-anywhere lg:pt-0.5">
              <Prose text={check.found} />
            </p>
          </div>
          <span className="shrink-0">
            <Chip tone={tone}>{storage.states[check.state]}</Chip>
          </span>
        </div>
        {check.fix !== null && <StoreRemedy check={check} fix={check.fix} />}
      </div>
    </li>
  )
}
