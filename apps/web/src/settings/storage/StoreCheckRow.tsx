import type { StoreCheck } from '@bellhop/model'
import { Chip } from '../../ui/Chip.tsx'
import { useWords } from '../../words/use-words.ts'
import { StoreRemedy } from './StoreRemedy.tsx'
import { CHECK_LOOKS } from './store-state.ts'

/** One check: what should be, what was found, and what to do about it. */
export function StoreCheckRow({ check }: { readonly check: StoreCheck }) {
  const { storage } = useWords().settings
  const { icon: Icon, tone, ink } = CHECK_LOOKS[check.state]
  const { title, why } = storage.checks[check.name]
  return (
    <li className="grid grid-cols-[auto_1fr_auto] gap-x-3 gap-y-0.5 px-4 py-3 lg:grid-cols-[auto_5fr_4fr_auto]">
      <Icon aria-hidden size={18} strokeWidth={2} className={`mt-0.5 ${ink}`} />
      <div className="min-w-0">
        <h3 className="font-medium text-pretty">{title}</h3>
        <p className="text-sm text-muted text-pretty">{why}</p>
      </div>
      <p
        lang="en"
        className="min-w-0 text-sm text-faint text-pretty wrap-anywhere max-lg:col-start-2 max-lg:row-start-2 lg:pt-0.5 lg:pl-4"
      >
        {check.found}
      </p>
      <span className="w-16 text-right max-lg:row-start-1 lg:w-20">
        <Chip tone={tone}>{storage.states[check.state]}</Chip>
      </span>
      {check.fix !== null && (
        <div className="col-span-full mt-2 sm:col-start-2">
          <StoreRemedy check={check} fix={check.fix} />
        </div>
      )}
    </li>
  )
}
