import { Languages } from 'lucide-react'
import { Button, MenuTrigger } from 'react-aria-components'
import { Menu } from '../ui/Menu.tsx'
import { useWords } from '../words/use-words.ts'
import { LanguageItems } from './LanguageItems.tsx'

export function LanguageMenu() {
  const words = useWords()
  return (
    <MenuTrigger>
      <Button
        aria-label={`${words.frame.language}: ${words.languageName}`}
        className="inline-flex h-9 items-center gap-1.5 rounded-lg px-2 text-sm font-medium text-muted data-[hovered]:bg-hover data-[hovered]:text-ink"
      >
        <Languages aria-hidden size={17} strokeWidth={1.9} />
        <span className="max-md:hidden">{words.languageName}</span>
      </Button>
      <Menu>
        <LanguageItems />
      </Menu>
    </MenuTrigger>
  )
}
