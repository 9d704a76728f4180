import type { FileDetail } from '@bellhop/model'
import { BackLink } from '../frame/BackLink.tsx'
import { Time } from '../ui/Time.tsx'
import { useWords } from '../words/use-words.ts'
import { DeleteButton } from './DeleteButton.tsx'
import { DownloadButton } from './DownloadButton.tsx'
import { FileName } from './FileName.tsx'
import { FileTags } from './FileTags.tsx'
import { FILE_TYPE_ICONS, fileTypeColor } from './file-type-look.ts'

/** What the file is, and what can be done with it as a whole. */
export function FileHead({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const Icon = FILE_TYPE_ICONS[file.type]
  const color = fileTypeColor(file.type)
  return (
    <header className="flex flex-col gap-3">
      <BackLink to="/" text={words.frame.library} />
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <span className="flex min-w-0 flex-1 basis-80 items-start gap-3.5">
          <span
            aria-hidden
            className="mt-0.5 grid size-11 shrink-0 place-items-center rounded-xl"
            style={{ color, background: `color-mix(in oklab, ${color} 12%, var(--surface))` }}
          >
            <Icon size={22} strokeWidth={1.8} />
          </span>
          <span className="flex min-w-0 flex-1 flex-col gap-1">
            <FileName file={file} />
            <span className="figures flex flex-wrap gap-x-2 text-sm text-muted">
              <span>{words.fileType[file.type]}</span>
              <span aria-hidden>{'·'}</span>
              <span title={words.common.exactBytes(file.sizeBytes)}>{words.format.bytes(file.sizeBytes)}</span>
              <span aria-hidden>{'·'}</span>
              <span>{file.ownerName}</span>
              <span aria-hidden>{'·'}</span>
              <Time at={file.createdAt} />
            </span>
          </span>
        </span>
        <span className="flex gap-2">
          {file.status === 'READY' && (
            <DownloadButton id={file.id} look="primary">
              {words.common.download}
            </DownloadButton>
          )}
          <DeleteButton file={file} />
        </span>
      </div>
      <FileTags file={file} />
    </header>
  )
}
