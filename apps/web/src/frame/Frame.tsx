import { Outlet, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { LiveFeed } from '../live/LiveFeed.tsx'
import { focusNextTitle } from '../ui/page-focus.ts'
import { DropAnywhere } from '../uploads/DropAnywhere.tsx'
import { UploadPicker } from '../uploads/UploadPicker.tsx'
import { UploadTray } from '../uploads/UploadTray.tsx'
import { useWords } from '../words/use-words.ts'
import { BottomBar } from './BottomBar.tsx'
import { Rail } from './Rail.tsx'
import { TopBar } from './TopBar.tsx'

const CONTENT = 'content'

/** What stays while pages change: navigation, search, the live connection, and the uploads. */
export function Frame(): ReactNode {
  const words = useWords()
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onBeforeNavigate', ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation !== undefined) focusNextTitle()
      }),
    [router],
  )
  return (
    <UploadPicker>
      <a
        href={`#${CONTENT}`}
        className="sr-only rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {words.frame.skipToContent}
      </a>
      <LiveFeed />
      <div className="flex min-h-dvh">
        <Rail />
        <div className="flex min-w-0 flex-1 flex-col border-line sm:border-l">
          <TopBar />
          <main
            id={CONTENT}
            tabIndex={-1}
            className="mx-auto w-full max-w-7xl flex-1 px-4 pt-5 pb-40 outline-none sm:px-6 sm:pt-7 sm:pb-28 lg:px-8"
          >
            <Outlet />
          </main>
        </div>
      </div>
      <BottomBar />
      <UploadTray />
      <DropAnywhere />
    </UploadPicker>
  )
}
