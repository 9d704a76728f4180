import { useEffect, useRef } from 'react'
import { setPageTitle } from './document-title.ts'
import { takeFocusOnce } from './page-focus.ts'

interface PageTitleProps {
  readonly children: string
  readonly hidden?: boolean
  /** Which part of the page this is, where that is seen elsewhere; it is spoken, and stands in the title of the tab. */
  readonly part?: string
}

/** The one `h1` of a page. After a navigation it takes the focus, so that keyboard and screen reader start there. */
export function PageTitle({ children, hidden = false, part }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const whole = part === undefined ? children : `${children}: ${part}`
  useEffect(() => setPageTitle(whole), [whole])
  useEffect(() => {
    if (takeFocusOnce()) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1
      ref={heading}
      tabIndex={-1}
      className={hidden ? 'sr-only' : 'text-2xl font-semibold tracking-tight text-balance wrap-anywhere'}
    >
      {children}
      {part !== undefined && <span className="sr-only">{`: ${part}`}</span>}
    </h1>
  )
}
