import { outputFilesOf } from '@bellhop/model'
import { DownloadIconButton } from '../files/DownloadButton.tsx'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import type { AnyJobDetail } from './any-job-detail.ts'

/** The objects that a job wrote, to download. */
export function JobOutputs({ job }: { readonly job: AnyJobDetail }) {
  const words = useWords()
  const files = outputFilesOf(job.output)
  if (files.length === 0) return null
  return (
    <Panel title={words.jobs.outputFiles} flush>
      <ul className="divide-y divide-line">
        {files.map((file) => (
          <li key={file.id} className="flex items-center gap-3 py-2 pr-3 pl-4 text-sm hover:bg-hover">
            <span className="min-w-0 flex-1 font-medium">
              <MiddleEllipsis text={file.name} />
            </span>
            <span className="figures text-muted max-sm:hidden">
              {file.width !== undefined && file.height !== undefined && words.catalog.pixels(file.width, file.height)}
            </span>
            <span className="figures w-20 text-right text-muted">{words.format.bytes(file.sizeBytes)}</span>
            <DownloadIconButton id={file.id} name={file.name} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
