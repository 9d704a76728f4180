import type { CatalogEntry } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { Thumbnail } from '../files/Thumbnail.tsx'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { Time } from '../ui/Time.tsx'
import { useWords } from '../words/use-words.ts'
import { durationText, fileFacts } from './file-facts.ts'
import { FileState } from './FileState.tsx'

const HEAD = 'px-3 py-2 text-left text-xs font-medium text-faint'

export function FileList({ files }: { readonly files: readonly CatalogEntry[] }) {
  const words = useWords()
  const { columns } = words.catalog
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
      <table className="w-full table-fixed">
        <caption className="sr-only">{words.catalog.title}</caption>
        <thead className="border-b border-line max-sm:hidden">
          <tr>
            <th className={HEAD}>{columns.name}</th>
            <th className={`${HEAD} w-32 max-md:hidden`}>{columns.type}</th>
            <th className={`${HEAD} w-24 text-right`}>{columns.size}</th>
            <th className={`${HEAD} w-56 max-xl:hidden`}>{columns.facts}</th>
            <th className={`${HEAD} w-36 max-lg:hidden`}>{columns.state}</th>
            <th className={`${HEAD} w-32 max-md:hidden`}>{columns.added}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {files.map((file) => (
            <FileRow key={file.id} file={file} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function FileRow({ file }: { readonly file: CatalogEntry }) {
  const words = useWords()
  return (
    <tr className="relative hover:bg-hover">
      <td className="px-3 py-2">
        <span className="flex min-w-0 items-center gap-3">
          <span className="relative size-10 shrink-0 overflow-hidden rounded-md">
            <Thumbnail file={file} small />
          </span>
          <Link
            to="/files/$fileId"
            params={{ fileId: file.id }}
            className="min-w-0 font-medium after:absolute after:inset-0"
          >
            <MiddleEllipsis text={file.name} />
          </Link>
        </span>
      </td>
      <td className="px-3 py-2 text-sm text-muted max-md:hidden">{words.fileType[file.type]}</td>
      <td className="figures px-3 py-2 text-right text-sm text-muted max-sm:w-24">
        {words.format.bytes(file.sizeBytes)}
      </td>
      <td className="figures px-3 py-2 text-sm text-muted max-xl:hidden">
        {[fileFacts(words, file), durationText(file)].filter((fact) => fact !== null).join(' · ')}
      </td>
      <td className="px-3 py-2 max-lg:hidden">
        <FileState file={file} />
      </td>
      <td className="px-3 py-2 text-sm text-muted max-md:hidden">
        <Time at={file.createdAt} />
      </td>
    </tr>
  )
}
