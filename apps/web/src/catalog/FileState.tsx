import type { CatalogEntry } from '@bellhop/model'
import { CircleAlert, LoaderCircle, Upload } from 'lucide-react'
import { useLiveJobsOfFile } from '../live/live-jobs.ts'
import { Chip } from '../ui/Chip.tsx'
import { useWords } from '../words/use-words.ts'

/** What is going on with a file, live; nothing when nothing is. */
export function FileState({ file }: { readonly file: CatalogEntry }) {
  const words = useWords()
  const jobs = useLiveJobsOfFile(file.id)
  const running = jobs.find((job) => job.status === 'PROCESSING')
  if (file.status === 'UPLOADING') return <Chip icon={Upload}>{words.fileStatus.UPLOADING}</Chip>
  if (file.status === 'REJECTED') {
    return (
      <Chip tone="bad" icon={CircleAlert}>
        {words.fileStatus.REJECTED}
      </Chip>
    )
  }
  if (running !== undefined) {
    return (
      <Chip tone="accent" icon={LoaderCircle} spin>
        {words.jobProgress(running.progress)}
      </Chip>
    )
  }
  if (file.jobs.active > 0 || jobs.some((job) => job.status === 'PENDING')) {
    return (
      <Chip tone="accent" icon={LoaderCircle} spin>
        {words.catalog.processing}
      </Chip>
    )
  }
  if (file.jobs.failed > 0) {
    return (
      <Chip tone="bad" icon={CircleAlert}>
        {words.catalog.jobsFailed(file.jobs.failed)}
      </Chip>
    )
  }
  return null
}
