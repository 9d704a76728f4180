import type { ViewStatus } from '@bellhop/model'
import { Ellipsis } from 'lucide-react'
import { MenuTrigger } from 'react-aria-components'
import { useIsOperator } from '../account/use-is-operator.ts'
import { trpc } from '../trpc.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Menu, MenuItem } from '../ui/Menu.tsx'
import { useWords } from '../words/use-words.ts'

interface ViewMenuProps {
  readonly view: ViewStatus
  readonly onFailure: (error: unknown) => void
}

export function ViewMenu({ view: { name, mode }, onFailure }: ViewMenuProps) {
  const { views } = useWords().operations
  const utils = trpc.useUtils()
  const operates = useIsOperator()
  const told = {
    onMutate: () => onFailure(null),
    onError: onFailure,
    onSettled: () => utils.views.status.invalidate(),
  }
  const rebuild = trpc.views.refresh.useMutation(told)
  const refreshWorkspace = trpc.views.refreshWorkspace.useMutation(told)
  const pause = trpc.views.pause.useMutation(told)
  const resume = trpc.views.resume.useMutation(told)
  return (
    <MenuTrigger>
      <IconButton icon={Ellipsis} label={views.actions(name)} />
      <Menu aria-label={views.actions(name)}>
        <MenuItem onAction={() => refreshWorkspace.mutate({ name })}>{views.refreshWorkspace}</MenuItem>
        {operates && <MenuItem onAction={() => rebuild.mutate({ name })}>{views.rebuild}</MenuItem>}
        {operates && mode === 'paused' && <MenuItem onAction={() => resume.mutate({ name })}>{views.resume}</MenuItem>}
        {operates && mode !== 'paused' && <MenuItem onAction={() => pause.mutate({ name })}>{views.pause}</MenuItem>}
      </Menu>
    </MenuTrigger>
  )
}
