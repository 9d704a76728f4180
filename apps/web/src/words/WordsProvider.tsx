import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { I18nProvider } from 'react-aria-components'
import { en, type Words } from './en.ts'
import { ko } from './ko.ts'
import { type Language, languageSetting } from './language.ts'
import { WordsContext } from './use-words.ts'

const WORDS: Readonly<Record<Language, Words>> = { en, ko }

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const language = useSyncExternalStore(languageSetting.subscribe, languageSetting.get)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return (
    <WordsContext value={WORDS[language]}>
      <I18nProvider locale={WORDS[language].locale}>{children}</I18nProvider>
    </WordsContext>
  )
}
