import type { CatalogEntry } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { useWords } from '../words/use-words.ts'
import { CardPicture } from './CardPicture.tsx'
import { fileFacts } from './file-facts.ts'
import { useScrub } from './use-scrub.ts'

export const GRID = 'grid grid-cols-2 gap-3 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] sm:gap-4'

export function FileGrid({ files }: { readonly files: readonly CatalogEntry[] }) {
  const words = useWords()
  return (
    <ul aria-label={words.catalog.title} className={GRID}>
      {files.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </ul>
  )
}

function FileCard({ file }: { readonly file: CatalogEntry }) {
  const words = useWords()
  const facts = fileFacts(words, file)
  const scrub = useScrub(file.type === 'video')
  return (
    <li
      {...scrub.handlers}
      className="group relative flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-card transition-[border-color,box-shadow] focus-within:border-line-strong hover:border-line-strong hover:shadow-float"
    >
      <CardPicture file={file} at={scrub.at} />
      <span className="flex flex-col gap-0.5 px-3 py-2.5">
        <Link
          to="/files/$fileId"
          params={{ fileId: file.id }}
          className="font-medium after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <MiddleEllipsis text={file.name} />
        </Link>
        <span className="figures flex flex-wrap gap-x-2 text-xs text-faint">
          <span>{words.format.bytes(file.sizeBytes)}</span>
          {facts !== null && <span>{facts}</span>}
        </span>
      </span>
    </li>
  )
}
