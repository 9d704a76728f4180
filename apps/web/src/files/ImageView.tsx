import type { FileDetail, JobOutput } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { ImagePreview } from './preview/ImagePreview.tsx'
import { ResultPending } from './ResultPending.tsx'
import { useJobOutput } from './use-job-output.ts'
import { VariantTable } from './VariantTable.tsx'

/** The picture, large, and its sizes for the web. */
export function ImageView({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const output = useJobOutput(file, 'image.variants')
  if (output === null) {
    return (
      <Panel title={words.file.preview} flush>
        <ResultPending file={file} kind="image.variants" />
      </Panel>
    )
  }
  const variants = output.files.filter((each) => each.role === 'variant')
  return (
    <>
      <Panel title={words.file.preview} aside={<Pixels output={output} />} flush>
        <ImagePreview file={file} output={output} />
      </Panel>
      {variants.length > 0 && <VariantTable file={file} variants={variants} />}
    </>
  )
}

function Pixels({ output }: { readonly output: JobOutput<'image.variants'> }) {
  const words = useWords()
  return <span className="figures text-sm text-muted">{words.catalog.pixels(output.width, output.height)}</span>
}
