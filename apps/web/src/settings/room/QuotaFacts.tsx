import type { Quota } from '@bellhop/model'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/use-words.ts'

/** The bounds for those who cannot set them. */
export function QuotaFacts({ quota }: { readonly quota: Quota }) {
  const { settings, format } = useWords()
  const { room } = settings
  const bytes = (value: number | null) => (value === null ? room.noBound : format.bytes(value))
  const facts = [
    { name: room.maxBytes, value: bytes(quota.maxBytes) },
    { name: room.maxFiles, value: quota.maxFiles === null ? room.noBound : format.count(quota.maxFiles) },
    { name: room.maxFileBytes, value: bytes(quota.maxFileBytes) },
    {
      name: room.mediaTypes,
      value: quota.mediaTypes?.map((type) => room.types[type] ?? type).join(', ') ?? room.allTypes,
    },
  ]
  return (
    <Panel title={room.bounds}>
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="figures mt-0.5 font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-5 text-sm text-faint">{room.membersHelp}</p>
    </Panel>
  )
}
