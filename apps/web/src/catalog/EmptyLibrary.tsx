import { Upload } from 'lucide-react'
import { Button } from '../ui/Button.tsx'
import { CopyLine } from '../ui/CopyLine.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useFilePicking } from '../uploads/use-file-picking.ts'
import { useWords } from '../words/use-words.ts'

const COMMAND = 'npx pnpm@12 bellhop upload photo.jpg orders.csv'

export function EmptyLibrary() {
  const words = useWords()
  const { pick } = useFilePicking()
  return (
    <div className="rounded-2xl border-2 border-dashed border-line">
      <EmptyState icon={Upload} title={words.catalog.emptyTitle} help={words.catalog.emptyHelp}>
        <Button look="primary" onPress={() => pick('files')}>
          <Upload aria-hidden size={16} strokeWidth={2.2} />
          {words.catalog.uploadFiles}
        </Button>
        <div className="flex w-full flex-col gap-2">
          <p className="text-sm text-faint">{words.catalog.emptyCommand}</p>
          <CopyLine
            text={COMMAND}
            label={words.catalog.emptyCommand}
            copyText={words.common.copy}
            copiedText={words.common.copied}
          />
        </div>
      </EmptyState>
    </div>
  )
}
