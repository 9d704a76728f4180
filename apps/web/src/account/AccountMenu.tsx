import { useNavigate } from '@tanstack/react-router'
import { LogOut, Settings2 } from 'lucide-react'
import { Button, MenuTrigger, Separator } from 'react-aria-components'
import { LanguageItems } from '../frame/LanguageItems.tsx'
import { ThemeItems } from '../frame/ThemeItems.tsx'
import { trpc } from '../trpc.ts'
import { Menu, MenuItem, MenuSection } from '../ui/Menu.tsx'
import { useMatchMedia } from '../ui/use-match-media.ts'
import { useWords } from '../words/use-words.ts'
import { signOut } from './session.ts'
import { switchWorkspace } from './workspace.ts'

/** Who is signed in. On a narrow screen the settings of the top bar are found here. */
export function AccountMenu() {
  const words = useWords()
  const navigate = useNavigate()
  const narrow = useMatchMedia('(width < 40rem)')
  const { data: account } = trpc.account.me.useQuery(undefined, { staleTime: Number.POSITIVE_INFINITY })
  const name = account?.user.name ?? ''
  return (
    <MenuTrigger>
      <Button
        aria-label={name === '' ? words.frame.account : `${words.frame.account}: ${name}`}
        className="ml-1 grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent data-[hovered]:opacity-85"
      >
        {name.slice(0, 1).toUpperCase()}
      </Button>
      <Menu>
        <MenuSection title={account === undefined ? words.frame.account : `${name} · ${account.user.email}`}>
          {(account?.workspaces ?? []).map((workspace) => (
            <MenuItem key={workspace.id} id={workspace.id} onAction={() => switchWorkspace(workspace.id)}>
              <span className={workspace.id === account?.workspaceId ? 'font-semibold' : ''}>{workspace.name}</span>
            </MenuItem>
          ))}
        </MenuSection>
        {narrow && <LanguageItems />}
        {narrow && <ThemeItems />}
        <Separator className="my-1.5 h-px bg-line" />
        <MenuItem id="settings" onAction={() => void navigate({ to: '/settings' })}>
          <Settings2 aria-hidden size={15} />
          {words.frame.settings}
        </MenuItem>
        <MenuItem id="sign-out" onAction={() => void signOut()}>
          <LogOut aria-hidden size={15} />
          {words.frame.signOut}
        </MenuItem>
      </Menu>
    </MenuTrigger>
  )
}
