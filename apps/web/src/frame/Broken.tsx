import { ErrorState } from '../ui/ErrorState.tsx'
import { useWords } from '../words/use-words.ts'

/** A fault of the page itself; the rest of the frame stays. */
export function Broken() {
  const words = useWords()
  return (
    <ErrorState
      title={words.common.somethingWrong}
      sentence={words.frame.broken}
      requestText={null}
      retryText={words.common.retry}
      onRetry={() => location.reload()}
    />
  )
}
