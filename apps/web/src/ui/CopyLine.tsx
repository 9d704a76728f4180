import { CopyButton } from './CopyButton.tsx'
import { ScrollArea } from './ScrollArea.tsx'

interface CopyLineProps {
  readonly text: string
  readonly label: string
  readonly copyText: string
  readonly copiedText: string
}

/** A line for a terminal, with a button that copies it; without a clipboard it can still be selected. */
export function CopyLine({ text, label, copyText, copiedText }: CopyLineProps) {
  return (
    <div className="flex w-full items-center gap-2 rounded-xl border border-line bg-sunken py-1 pr-1 pl-4">
      <ScrollArea label={label} className="scrollbar-none min-w-0 flex-1 rounded">
        <code className="block py-1.5 text-left font-mono text-sm whitespace-nowrap select-all">{text}</code>
      </ScrollArea>
      <CopyButton text={text} copyText={copyText} copiedText={copiedText} />
    </div>
  )
}
