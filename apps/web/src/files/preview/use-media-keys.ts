import { useState } from 'react'
import { trpc } from '../../trpc.ts'
import { MediaKeys } from './media-keys.ts'

/** The keys to what a player reads, as long as that is shown. */
export function useMediaKeys(): MediaKeys {
  const { client } = trpc.useUtils()
  const [keys] = useState(
    () => new MediaKeys((ask) => client.downloads.start.mutate({ ...ask, disposition: 'inline' })),
  )
  return keys
}
