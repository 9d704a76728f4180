import type { Bellhop } from '@bellhop/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, useContext, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { LiveJobs } from './live-jobs.ts'

interface BellhopContext {
  readonly bellhop: Bellhop
  readonly live: LiveJobs
}

const Context = createContext<BellhopContext | null>(null)

export interface BellhopProviderProps {
  /** From `connect`. Made once, outside the tree, and the caller's to dispose. */
  readonly client: Bellhop
  /** Of the page, where it has one already: jobs then lie in it, under `bellhop`. Default: one of its own. */
  readonly queryClient?: QueryClient
  readonly children: ReactNode
}

/** Stands above whatever uses the hooks. Opens a connection when the first of them needs one. */
export function BellhopProvider({ client, queryClient, children }: BellhopProviderProps) {
  const [own] = useState(() => queryClient ?? new QueryClient({ defaultOptions: { queries: { retry: false } } }))
  const cache = queryClient ?? own
  const context = useMemo(() => ({ bellhop: client, live: new LiveJobs(client, cache) }), [client, cache])
  return (
    <QueryClientProvider client={cache}>
      <Context value={context}>{children}</Context>
    </QueryClientProvider>
  )
}

export function useBellhopContext(): BellhopContext {
  const context = useContext(Context)
  if (context === null) throw new Error('The hooks of Bellhop need a <BellhopProvider> above them.')
  return context
}

/** The client itself, for what has no hook. */
export function useBellhop(): Bellhop {
  return useBellhopContext().bellhop
}
