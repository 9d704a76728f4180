import type { LucideIcon } from 'lucide-react'
import type { Ref } from 'react'
import { Button, type ButtonProps, Tooltip, TooltipTrigger } from 'react-aria-components'

export interface IconButtonProps extends Omit<ButtonProps, 'className' | 'style' | 'children' | 'aria-label'> {
  readonly icon: LucideIcon
  /** Spoken, and shown on hover and focus. */
  readonly label: string
  readonly small?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

export function IconButton({ icon: Icon, label, small = false, ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <Button
        {...props}
        aria-label={label}
        className={`inline-flex shrink-0 items-center justify-center rounded-lg text-muted transition-colors data-[disabled]:opacity-40 data-[hovered]:bg-hover data-[hovered]:text-ink data-[pressed]:bg-hover ${small ? 'size-7' : 'size-9'}`}
      >
        <Icon aria-hidden size={small ? 15 : 18} strokeWidth={1.9} />
      </Button>
      <Tooltip
        offset={6}
        className="fade z-50 max-w-72 rounded-md bg-ink px-2 py-1 text-xs text-canvas shadow-float wrap-anywhere"
      >
        {label}
      </Tooltip>
    </TooltipTrigger>
  )
}
