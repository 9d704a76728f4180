import type { FileDetail, OutputFile } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { DownloadIconButton } from './DownloadButton.tsx'

const HEAD = 'px-4 py-2 text-xs font-medium text-faint'
const CELL = 'px-4 py-2'

interface VariantTableProps {
  readonly file: FileDetail
  readonly variants: readonly OutputFile[]
}

/** Each size with what it saves against the original. */
export function VariantTable({ file, variants }: VariantTableProps) {
  const words = useWords()
  const { variantColumns } = words.file
  return (
    <Panel title={words.file.variants} flush>
      <table className="w-full text-sm">
        <caption className="sr-only">{words.file.variants}</caption>
        <thead className="border-b border-line">
          <tr>
            <th className={`${HEAD} text-left`}>{variantColumns.format}</th>
            <th className={`${HEAD} text-right`}>{variantColumns.pixels}</th>
            <th className={`${HEAD} text-right`}>{variantColumns.size}</th>
            <th className={`${HEAD} text-right max-sm:hidden`}>{variantColumns.saving}</th>
            <th className="w-14">
              <span className="sr-only">{words.common.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody className="figures divide-y divide-line">
          {variants.map((variant) => (
            <tr key={variant.id} className="hover:bg-hover">
              <td className={`${CELL} font-medium`}>{variant.mediaType.replace('image/', '').toUpperCase()}</td>
              <td className={`${CELL} text-right text-muted`}>
                {variant.width !== undefined &&
                  variant.height !== undefined &&
                  words.catalog.pixels(variant.width, variant.height)}
              </td>
              <td className={`${CELL} text-right text-muted`}>{words.format.bytes(variant.sizeBytes)}</td>
              <td className={`${CELL} text-right text-muted max-sm:hidden`}>
                {file.sizeBytes > 0 && words.file.saving(1 - variant.sizeBytes / file.sizeBytes)}
              </td>
              <td className="pr-3 text-right">
                <DownloadIconButton id={variant.id} name={variant.name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
