import { LiveDot } from '../live/LiveDot.tsx'
import { AccountMenu } from '../account/AccountMenu.tsx'
import { UploadButton } from '../uploads/UploadButton.tsx'
import { LanguageMenu } from './LanguageMenu.tsx'
import { SearchBox } from './SearchBox.tsx'
import { ThemeMenu } from './ThemeMenu.tsx'

export function TopBar() {
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-canvas/90 backdrop-blur">
      <div className="mx-auto flex h-15 w-full max-w-7xl items-center gap-2 px-4 sm:px-6 lg:px-8">
        <SearchBox />
        <div className="flex flex-1 items-center justify-end gap-1">
          <LiveDot />
          <span className="ml-1 flex items-center gap-1 max-sm:hidden">
            <LanguageMenu />
            <ThemeMenu />
          </span>
          <AccountMenu />
          <span className="ml-2 max-sm:hidden">
            <UploadButton />
          </span>
        </div>
      </div>
    </header>
  )
}
