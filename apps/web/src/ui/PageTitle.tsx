import { useEffect, useRef } from 'react'
import { setPageTitle } from './document-title.ts'
import { takeFocusOnce } from './page-focus.ts'

/** The one `h1` of a page. After a navigation it takes the focus, so that keyboard and screen reader start there. */
export function PageTitle({ children, hidden = false }: { readonly children: string; readonly hidden?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => setPageTitle(children), [children])
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
    </h1>
  )
}
