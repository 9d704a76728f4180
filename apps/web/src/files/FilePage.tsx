import type { FileId } from '@bellhop/model'
import { isId } from '@bellhop/model'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { NotFound } from '../frame/NotFound.tsx'
import { trpc } from '../trpc.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { errorSentence, isNotFound } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { DatasetView } from './DatasetView.tsx'
import { FileHead } from './FileHead.tsx'
import { FileJobs } from './FileJobs.tsx'
import { FileNotice } from './FileNotice.tsx'
import { FilePageSkeleton } from './FilePageSkeleton.tsx'
import { FileFacts } from './FileFacts.tsx'
import { ImageView } from './ImageView.tsx'
import { MediaView } from './MediaView.tsx'

const route = getRouteApi('/frame/files/$fileId')

export function FilePage(): ReactNode {
  const { fileId } = route.useParams()
  return isId('file', fileId) ? <FileOfId key={fileId} fileId={fileId} /> : <NotFound />
}

function FileOfId({ fileId }: { readonly fileId: FileId }) {
  const words = useWords()
  const { data: file, error, refetch } = trpc.files.get.useQuery({ fileId })
  if (isNotFound(error)) return <NotFound />
  if (error !== null && file === undefined) {
    return (
      <ErrorState
        title={words.common.somethingWrong}
        sentence={errorSentence(words, error)}
        requestText={null}
        retryText={words.common.retry}
        onRetry={() => void refetch()}
      />
    )
  }
  if (file === undefined) return <FilePageSkeleton label={words.common.loading} />
  const ready = file.status === 'READY'
  return (
    <div className="flex flex-col gap-6">
      <FileHead file={file} />
      <FileNotice file={file} />
      {ready && file.type === 'image' && <ImageView file={file} />}
      {ready && (file.type === 'video' || file.type === 'audio') && <MediaView file={file} />}
      {ready && file.type === 'dataset' && <DatasetView file={file} />}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <FileFacts file={file} />
        <FileJobs file={file} />
      </div>
    </div>
  )
}
