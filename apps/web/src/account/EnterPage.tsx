import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { useWords } from '../words/use-words.ts'
import { DoorCard } from './DoorCard.tsx'
import { signIn } from './session.ts'

type Step = 'ready' | 'busy' | 'link-invalid' | 'unreachable'

/**
 * Where a sign-in link leads. The token stands in the fragment, which no server and no log sees, and is spent by the
 * button only, so that no preview of the link can spend it.
 */
export function EnterPage(): ReactNode {
  const words = useWords()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('t'))
  const [step, setStep] = useState<Step>('ready')
  useEffect(() => {
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname)
  }, [])

  if (token === null) {
    return (
      <DoorCard title={words.account.enterTitle}>
        <p className="text-muted">{words.account.noToken}</p>
      </DoorCard>
    )
  }
  const enter = async () => {
    setStep('busy')
    const outcome = await signIn(token)
    if (outcome !== 'signed-in') return setStep(outcome)
    cache.clear()
    await navigate({ to: '/', replace: true })
  }
  return (
    <DoorCard title={words.account.enterTitle}>
      <p className="text-muted">{words.account.enterHelp}</p>
      {(step === 'link-invalid' || step === 'unreachable') && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3.5 py-2.5 text-bad">
          {step === 'link-invalid' ? words.account.linkInvalid : words.networkError}
        </p>
      )}
      <div className="mt-2">
        <Button look="primary" onPress={() => void enter()} isDisabled={step === 'busy' || step === 'link-invalid'}>
          {step === 'busy' ? words.account.signingIn : words.account.signInAsOwner}
        </Button>
      </div>
    </DoorCard>
  )
}
