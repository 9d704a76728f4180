import { useSyncExternalStore } from 'react'
import { MenuItem, MenuSection } from '../ui/Menu.tsx'
import { en } from '../words/en.ts'
import { ko } from '../words/ko.ts'
import { LANGUAGES, languageSetting } from '../words/language.ts'
import { useWords } from '../words/use-words.ts'

const NAMES = { en: en.languageName, ko: ko.languageName }

/** Each language under its own name: who cannot read the other must find it. */
export function LanguageItems() {
  const words = useWords()
  const language = useSyncExternalStore(languageSetting.subscribe, languageSetting.get)
  return (
    <MenuSection
      title={words.frame.language}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[language]}
      onSelectionChange={(keys) => {
        const chosen = LANGUAGES.find((each) => keys === 'all' || keys.has(each))
        if (chosen !== undefined) languageSetting.set(chosen)
      }}
    >
      {LANGUAGES.map((each) => (
        <MenuItem key={each} id={each} textValue={NAMES[each]}>
          <span lang={each}>{NAMES[each]}</span>
        </MenuItem>
      ))}
    </MenuSection>
  )
}
