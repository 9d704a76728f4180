import { Monitor, Moon, Sun } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { MenuTrigger } from 'react-aria-components'
import { IconButton } from '../ui/IconButton.tsx'
import { Menu } from '../ui/Menu.tsx'
import { themeSetting } from '../ui/theme.ts'
import { useWords } from '../words/use-words.ts'
import { ThemeItems } from './ThemeItems.tsx'

const ICONS = { light: Sun, dark: Moon, system: Monitor }

export function ThemeMenu() {
  const words = useWords()
  const theme = useSyncExternalStore(themeSetting.subscribe, themeSetting.get)
  return (
    <MenuTrigger>
      <IconButton icon={ICONS[theme]} label={`${words.frame.theme}: ${words.frame.themes[theme]}`} />
      <Menu>
        <ThemeItems />
      </Menu>
    </MenuTrigger>
  )
}
