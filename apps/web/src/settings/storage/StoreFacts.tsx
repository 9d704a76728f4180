import type { StoreReport } from '@bellhop/model'
import type { ReactNode } from 'react'
import { MoreAbout } from '../../ui/MoreAbout.tsx'
import { useWords } from '../../words/use-words.ts'

/** Where the bytes lie, and what a key to them is worth. */
export function StoreFacts({ report }: { readonly report: StoreReport }) {
  const { storage } = useWords().settings
  const binding = storage.bindings[report.binding]
  return (
    <dl className="grid gap-x-8 gap-y-4 border-t border-line px-5 py-4 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_2fr]">
      <Fact name={storage.endpoint}>
        <Address>{report.endpoint}</Address>
        {report.publicEndpoint !== report.endpoint && (
          <span className="mt-1 block text-xs text-muted">
            {storage.publicEndpoint}
            <Address>{report.publicEndpoint}</Address>
          </span>
        )}
      </Fact>
      <Fact name={storage.bucket}>
        <Address>{report.bucket}</Address>
      </Fact>
      <Fact name={storage.binding} wide>
        <span className="block font-medium">{binding.name}</span>
        <MoreAbout question={storage.whatItMeans}>{binding.mean}</MoreAbout>
      </Fact>
    </dl>
  )
}

interface FactProps {
  readonly name: string
  readonly wide?: boolean
  readonly children: ReactNode
}

function Fact({ name, wide = false, children }: FactProps) {
  return (
    <div className={`min-w-0 ${wide ? 'sm:col-span-2 lg:col-span-1' : ''}`}>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  )
}

function Address({ children }: { readonly children: string }) {
  return <code className="block font-mono text-sm wrap-anywhere text-ink select-all">{children}</code>
}
