import type { ReactNode } from 'react'
import { CopyLine } from '../ui/CopyLine.tsx'
import { useWords } from '../words/use-words.ts'
import { DoorCard } from './DoorCard.tsx'

const COMMAND = 'npx pnpm@12 bellhop sign-in-link'

export function SignInPage(): ReactNode {
  const words = useWords()
  return (
    <DoorCard title={words.account.signInTitle}>
      <p className="text-muted">{words.account.signInHelp}</p>
      <CopyLine
        text={COMMAND}
        label={words.account.signInCommand}
        copyText={words.common.copy}
        copiedText={words.common.copied}
      />
      <p className="text-muted">{words.account.signInAfter}</p>
    </DoorCard>
  )
}
