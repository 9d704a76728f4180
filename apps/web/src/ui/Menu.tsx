import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps,
  MenuSection as AriaMenuSection,
  type MenuSectionProps,
  type MenuProps,
  Popover,
} from 'react-aria-components'

const PANEL =
  'rise min-w-44 overflow-auto rounded-xl border border-line bg-surface p-1.5 text-base shadow-float outline-none'

/** The panel of a MenuTrigger. It ends where its button does, for those stand at the ends of rows and bars. */
export function Menu(props: Omit<MenuProps<object>, 'className'>) {
  return (
    <Popover offset={6} placement="bottom end" className={PANEL}>
      <AriaMenu {...props} className="outline-none" />
    </Popover>
  )
}

export function MenuItem({
  children,
  ...props
}: Omit<MenuItemProps, 'className' | 'children'> & { children: ReactNode }) {
  return (
    <AriaMenuItem
      {...props}
      className="flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none data-[focused]:bg-hover"
    >
      {({ selectionMode, isSelected }) => (
        <>
          {selectionMode !== 'none' && (
            <Check aria-hidden size={15} className={isSelected ? 'text-accent' : 'invisible'} />
          )}
          {children}
        </>
      )}
    </AriaMenuItem>
  )
}

export function MenuSection({
  title,
  children,
  ...props
}: Omit<MenuSectionProps<object>, 'children' | 'className'> & { title: string; children: ReactNode }) {
  return (
    <AriaMenuSection {...props} className="not-first:mt-1.5 not-first:border-t not-first:border-line not-first:pt-1.5">
      <Header className="px-2.5 pt-1 pb-1 text-xs font-medium text-faint">{title}</Header>
      {children}
    </AriaMenuSection>
  )
}
