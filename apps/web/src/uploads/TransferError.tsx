import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'

export function TransferError({ error }: { readonly error: unknown }) {
  const words = useWords()
  return <p className="text-xs text-bad wrap-anywhere">{errorSentence(words, error)}</p>
}
