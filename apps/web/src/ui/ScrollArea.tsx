import type { ReactNode } from 'react'

interface ScrollAreaProps {
  readonly label: string
  /** With a bound of the height. */
  readonly className: string
  readonly children: ReactNode
}

/** Scrolls inside itself, by keyboard too: that scrolls only what can have the focus. */
export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  return (
    <div
      role="group"
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolling is the interaction
      tabIndex={0}
      className={`overflow-auto outline-offset-[-2px] ${className}`}
    >
      {children}
    </div>
  )
}
