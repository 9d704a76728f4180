import type { FileId, OutputId } from '@bellhop/model'
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../../trpc.ts'

/** The address of something to play, from a key of its own; null until it is there. Asked for only when `wanted`. */
export function useMediaAddress(
  id: FileId | OutputId | null,
  wanted: boolean,
): { readonly url: string | null; readonly failed: unknown; readonly renew: () => Promise<unknown> } {
  const { client } = trpc.useUtils()
  const { data, error, refetch } = useQuery({
    queryKey: ['media-address', id],
    queryFn: () => (id === null ? null : client.downloads.start.mutate({ id, disposition: 'inline' })),
    enabled: wanted && id !== null,
    // A new address would begin anew in the middle of playing: only a player that was refused asks for one.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return { url: data?.url ?? null, failed: error, renew: () => refetch() }
}
