import type { FileDetail, JobOutput } from '@bellhop/model'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { trpc } from '../../trpc.ts'
import { type HlsLevel, hlsLevels } from './hls-level.ts'
import { browserCanPlay } from './media-choices.ts'

/** Of a file that was encoded again and again, the newest are looked at. */
const RENDITIONS_MAX = 14
const NONE: readonly JobOutput<'video.rendition'>[] = []

/** The finished renditions that play as HLS here, each as soon as it is finished; null until it is known which. */
export function useHlsLevels(file: FileDetail): readonly HlsLevel[] | null {
  const { client } = trpc.useUtils()
  const jobIds = file.outputs
    .filter(({ role, mediaType }) => role === 'segments' && mediaType.startsWith('video/'))
    .map(({ jobId }) => jobId)
    .toSorted()
    .slice(-RENDITIONS_MAX)
  const { data = NONE, isLoading } = useQuery({
    queryKey: ['renditions', jobIds],
    queryFn: async () => {
      const jobs = await Promise.all(jobIds.map((jobId) => client.jobs.get.query({ jobId })))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- jobs of this kind alone have outputs of that role
      return jobs.map(({ output }) => output as JobOutput<'video.rendition'>)
    },
    enabled: jobIds.length > 0,
    // What finished jobs gave never changes.
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
  const levels = useMemo(() => hlsLevels(data, browserCanPlay), [data])
  return isLoading ? null : levels
}
