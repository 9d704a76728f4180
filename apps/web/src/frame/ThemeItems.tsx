import { useSyncExternalStore } from 'react'
import { MenuItem, MenuSection } from '../ui/Menu.tsx'
import { THEMES, themeSetting } from '../ui/theme.ts'
import { useWords } from '../words/use-words.ts'

export function ThemeItems() {
  const words = useWords()
  const theme = useSyncExternalStore(themeSetting.subscribe, themeSetting.get)
  return (
    <MenuSection
      title={words.frame.theme}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[theme]}
      onSelectionChange={(keys) => {
        const chosen = THEMES.find((each) => keys === 'all' || keys.has(each))
        if (chosen !== undefined) themeSetting.set(chosen)
      }}
    >
      {THEMES.map((each) => (
        <MenuItem key={each} id={each}>
          {words.frame.themes[each]}
        </MenuItem>
      ))}
    </MenuSection>
  )
}
