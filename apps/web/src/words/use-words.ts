import { createContext, useContext } from 'react'
import type { Words } from './en.ts'

export const WordsContext = createContext<Words | null>(null)

/** The words of the language that the page speaks right now. */
export function useWords(): Words {
  const words = useContext(WordsContext)
  if (words === null) throw new Error('useWords() needs a <WordsProvider> above it.')
  return words
}
