import type { FileAtHand } from '@bellhop/client'
import type { UploadId } from '@bellhop/model'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../account/use-may.ts'
import { trpc } from '../trpc.ts'
import { heldUploads } from './held-uploads.ts'
import { useTransferList, useTransfers } from './use-transfers.ts'

/** An upload that was begun and is not carried by any tab: of this browser, or of another machine. */
export interface Leftover {
  readonly uploadId: UploadId
  readonly name: string
  /** Null: a stream. */
  readonly sizeBytes: number | null
  /** Null where only the server would know. */
  readonly arrivedBytes: number | null
  readonly startedAt: string
  readonly expiresAt: string
  /** How this browser comes by the file; `elsewhere`: it never had it. */
  readonly file: FileAtHand | 'elsewhere'
}

const NONE: readonly Leftover[] = []

export function useLeftovers(): readonly Leftover[] {
  const transfers = useTransfers()
  const list = useTransferList()
  const { client } = trpc.useUtils()
  const mayUpload = useMay('upload')
  const { data = NONE } = useQuery({
    queryKey: ['leftovers'],
    queryFn: async (): Promise<readonly Leftover[]> => {
      const [own, open, held] = await Promise.all([
        transfers.unfinished(),
        client.uploads.listOpen.query(),
        heldUploads(),
      ])
      const ownIds = new Set(own.map(({ uploadId }) => uploadId))
      const elsewhere = open
        .filter(({ uploadId }) => !ownIds.has(uploadId))
        .map(({ createdAt, ...upload }) => ({
          ...upload,
          startedAt: createdAt,
          arrivedBytes: null,
          file: 'elsewhere' as const,
        }))
      return [...own, ...elsewhere].filter(({ uploadId }) => !held.has(uploadId))
    },
    enabled: mayUpload === true,
  })
  if (data.length === 0) return NONE
  const carried = new Set(list.map(({ uploadId }) => uploadId))
  return data.filter(({ uploadId }) => !carried.has(uploadId) && !transfers.isOver(uploadId))
}
