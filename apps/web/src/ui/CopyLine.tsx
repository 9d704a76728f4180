import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './IconButton.tsx'
import { announce } from './live-region.tsx'
import { ScrollArea } from './ScrollArea.tsx'

const SHOWN_MS = 2000

interface CopyLineProps {
  readonly text: string
  readonly label: string
  readonly copyText: string
  readonly copiedText: string
}

/** A line for a terminal, with a button that copies it. */
export function CopyLine({ text, label, copyText, copiedText }: CopyLineProps) {
  // A page that is not served over TLS or from this machine has no clipboard; the line can still be selected.
  const mayCopy = isSecureContext
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce(copiedText)
  }
  return (
    <div className="flex w-full items-center gap-2 rounded-xl border border-line bg-sunken py-1 pr-1 pl-4">
      <ScrollArea label={label} className="scrollbar-none min-w-0 flex-1 rounded">
        <code className="block py-1.5 text-left font-mono text-sm whitespace-nowrap select-all">{text}</code>
      </ScrollArea>
      {mayCopy && (
        <IconButton icon={copied ? Check : Copy} label={copied ? copiedText : copyText} onPress={() => void copy()} />
      )}
    </div>
  )
}
