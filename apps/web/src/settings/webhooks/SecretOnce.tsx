import { KeyRound } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { CopyLine } from '../../ui/CopyLine.tsx'
import { useWords } from '../../words/use-words.ts'

interface SecretOnceProps {
  readonly secret: string
  readonly onKept: () => void
}

/** A secret in the only moment in which it can be read. */
export function SecretOnce({ secret, onKept }: SecretOnceProps) {
  const { webhooks } = useWords().settings
  return (
    <div className="mx-4 mb-4 flex flex-col gap-3 rounded-xl bg-accent-soft p-4">
      <p className="flex items-start gap-2.5">
        <KeyRound aria-hidden size={18} className="mt-0.5 shrink-0 text-accent" />
        <span className="flex flex-col gap-0.5">
          <strong className="font-semibold">{webhooks.secretTitle}</strong>
          <span className="text-sm text-muted text-pretty">{webhooks.secretHelp}</span>
        </span>
      </p>
      <CopyLine text={secret} label={webhooks.secret} copyText={webhooks.copy} copiedText={webhooks.copied} />
      <div>
        <Button small onPress={onKept}>
          {webhooks.secretKept}
        </Button>
      </div>
    </div>
  )
}
