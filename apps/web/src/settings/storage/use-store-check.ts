import { trpc } from '../../trpc.ts'
import { announce } from '../../ui/live-region.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { worstState } from './store-state.ts'

interface StoreCheckRun {
  readonly busy: boolean
  readonly error: string | null
  readonly run: () => void
}

/** Sends the doctor to the store now; takes some seconds. */
export function useStoreCheck(): StoreCheckRun {
  const words = useWords()
  const { storage } = words.settings
  const utils = trpc.useUtils()
  const check = trpc.storage.check.useMutation({
    onMutate: () => announce(storage.checking),
    onSuccess: (report) => {
      utils.storage.report.setData(undefined, (known) => ({ sweep: known?.sweep ?? null, report }))
      announce(storage.announceChecked(storage.headlines[worstState(report.checks)]))
    },
  })
  return {
    busy: check.isPending,
    error: check.error === null ? null : errorSentence(words, check.error),
    run: () => check.mutate(),
  }
}
