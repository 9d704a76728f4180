import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { trpc } from '../trpc.ts'
import { type PreviewId, PreviewLoader } from './preview-loader.ts'

/** An address is asked for anew that long before it dies. */
const RENEW_BEFORE_MS = 30_000
const loaders = new WeakMap<object, PreviewLoader>()

/** The address of a picture that may be shown inline; null while it is unknown or when there is none. */
export function usePreview(id: PreviewId | null): string | null {
  const { client } = trpc.useUtils()
  const loader = useMemo(() => {
    const known = loaders.get(client) ?? new PreviewLoader((ids) => client.downloads.previews.query({ ids }))
    loaders.set(client, known)
    return known
  }, [client])
  const { data } = useQuery({
    queryKey: ['preview', id],
    queryFn: () => (id === null ? null : loader.load(id)),
    enabled: id !== null,
    staleTime: ({ state }) => Math.max(0, (state.data?.expiresInMs ?? 0) - RENEW_BEFORE_MS),
  })
  return data?.url ?? null
}
