import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import type { ReactNode } from 'react'

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger'

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  primary: 'bg-accent text-on-accent data-[hovered]:bg-accent-hover data-[pressed]:bg-accent-hover shadow-card',
  plain: 'border border-line-strong bg-surface text-ink data-[hovered]:bg-hover data-[pressed]:bg-hover',
  quiet: 'text-muted data-[hovered]:bg-hover data-[hovered]:text-ink data-[pressed]:bg-hover',
  danger: 'bg-bad text-surface data-[hovered]:opacity-90 data-[pressed]:opacity-90',
}

const BUTTON_SHAPE =
  'inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-colors data-[disabled]:opacity-50'

const SIZES = { usual: 'h-9 gap-2 rounded-lg px-3.5 text-base', small: 'h-8 gap-1.5 rounded-md px-2.5 text-sm' }

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly look?: ButtonLook
  readonly small?: boolean
  readonly children: ReactNode
}

export function Button({ look = 'plain', small = false, ...props }: ButtonProps) {
  return <AriaButton {...props} className={`${BUTTON_SHAPE} ${SIZES[small ? 'small' : 'usual']} ${LOOKS[look]}`} />
}

/** The look of a button for what is a link. */
export function buttonClass(look: ButtonLook): string {
  return `${BUTTON_SHAPE} ${SIZES.usual} ${LOOKS[look]} ${look === 'primary' ? 'hover:bg-accent-hover' : 'hover:bg-hover'}`
}
