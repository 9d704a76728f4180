import { CopyButton } from './CopyButton.tsx'
import { ScrollArea } from './ScrollArea.tsx'

interface CopyBlockProps {
  readonly text: string
  /** What it is; shown. */
  readonly label: string
  readonly copyText: string
  readonly copiedText: string
}

/** Some lines to paste elsewhere, with a button that copies them. */
export function CopyBlock({ text, label, copyText, copiedText }: CopyBlockProps) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface">
      <figcaption className="flex min-h-9 items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3.5 text-xs text-muted">
        {label}
        <CopyButton small text={text} copyText={copyText} copiedText={copiedText} />
      </figcaption>
      <ScrollArea label={label} className="max-h-80">
        <pre className="w-max px-3.5 py-2.5 font-mono text-xs select-all">{text}</pre>
      </ScrollArea>
    </figure>
  )
}
