import { Link } from '@tanstack/react-router'
import { HardDrive, KeyRound, type LucideIcon, Ruler, SlidersHorizontal, Webhook } from 'lucide-react'
import type { ReactNode } from 'react'
import { PageTitle } from '../ui/PageTitle.tsx'
import { useWords } from '../words/use-words.ts'

type Section = 'storage' | 'room' | 'keys' | 'presets' | 'webhooks'

const SECTIONS = [
  { section: 'storage', to: '/settings/storage', icon: HardDrive },
  { section: 'room', to: '/settings/room', icon: Ruler },
  { section: 'keys', to: '/settings/keys', icon: KeyRound },
  { section: 'presets', to: '/settings/presets', icon: SlidersHorizontal },
  { section: 'webhooks', to: '/settings/webhooks', icon: Webhook },
] as const satisfies readonly { readonly section: Section; readonly to: string; readonly icon: LucideIcon }[]

interface SettingsHeadProps {
  readonly section: Section
  /** What can be done with the section as a whole. */
  readonly children?: ReactNode
}

/** The title of all settings, and the way between their sections. */
export function SettingsHead({ section, children }: SettingsHeadProps) {
  const { settings } = useWords()
  return (
    <header className="flex flex-col gap-3">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-3">
        <PageTitle part={settings.sections[section]}>{settings.title}</PageTitle>
        {children}
      </div>
      <nav
        aria-label={settings.title}
        className="scrollbar-none -mx-4 flex gap-1 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0"
      >
        {SECTIONS.map(({ section: each, to, icon: Icon }) => (
          <Link
            key={each}
            to={to}
            activeOptions={{ includeSearch: false }}
            activeProps={{ className: 'border-accent text-accent', 'aria-current': 'page' }}
            inactiveProps={{ className: 'border-transparent text-muted hover:text-ink' }}
            className="-mb-px inline-flex h-10 shrink-0 items-center gap-1.5 border-b-2 px-3 text-base max-sm:px-2 font-medium outline-offset-[-2px]"
          >
            <Icon aria-hidden size={15} strokeWidth={2} />
            {settings.sections[each]}
          </Link>
        ))}
      </nav>
    </header>
  )
}
