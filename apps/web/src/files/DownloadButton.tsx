import type { FileId, OutputId } from '@bellhop/model'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { trpc } from '../trpc.ts'
import { Button, type ButtonLook } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'

/** Asks for a key the moment it is needed, and hands the browser over to the store. */
function useDownload(id: FileId | OutputId) {
  const words = useWords()
  return trpc.downloads.start.useMutation({
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => announce(errorSentence(words, error)),
    mutationKey: ['download', id],
  })
}

interface DownloadButtonProps {
  readonly id: FileId | OutputId
  readonly look?: ButtonLook
  readonly children: ReactNode
}

export function DownloadButton({ id, look = 'plain', children }: DownloadButtonProps) {
  const words = useWords()
  const download = useDownload(id)
  return (
    <span className="flex flex-col gap-1">
      <Button look={look} onPress={() => download.mutate({ id })} isDisabled={download.isPending}>
        <Download aria-hidden size={16} strokeWidth={2} />
        {children}
      </Button>
      {download.error !== null && <span className="text-sm text-bad">{errorSentence(words, download.error)}</span>}
    </span>
  )
}

export function DownloadIconButton({ id, name }: { readonly id: FileId | OutputId; readonly name: string }) {
  const words = useWords()
  const download = useDownload(id)
  return (
    <IconButton
      small
      icon={Download}
      label={words.file.downloadNamed(name)}
      onPress={() => download.mutate({ id })}
      isDisabled={download.isPending}
    />
  )
}
