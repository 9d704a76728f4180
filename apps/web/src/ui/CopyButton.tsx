import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './IconButton.tsx'
import { announce } from './live-region.tsx'

const SHOWN_MS = 2000

interface CopyButtonProps {
  readonly text: string
  readonly copyText: string
  readonly copiedText: string
  readonly small?: boolean
}

/** Absent where the page may not: one that is not served over TLS or from this machine has no clipboard. */
export function CopyButton({ text, copyText, copiedText, small = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  if (!isSecureContext) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce(copiedText)
  }
  return (
    <IconButton
      small={small}
      icon={copied ? Check : Copy}
      label={copied ? copiedText : copyText}
      onPress={() => void copy()}
    />
  )
}
