import { Link } from '@tanstack/react-router'
import { Upload } from 'lucide-react'
import { Fragment } from 'react'
import { Button } from 'react-aria-components'
import { useFilePicking } from '../uploads/use-file-picking.ts'
import { useWords } from '../words/use-words.ts'
import { PLACES } from './places.ts'

/** The navigation of a narrow screen; Upload stands in reach of the thumb. */
export function BottomBar() {
  const words = useWords()
  const { pick } = useFilePicking()
  return (
    <nav
      aria-label={words.frame.mainNavigation}
      className="fixed inset-x-0 bottom-0 z-30 flex items-stretch border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur sm:hidden"
    >
      {PLACES.filter(({ wideOnly }) => !wideOnly).map(({ to, word, icon: Icon }) => (
        <Fragment key={to}>
          <Link
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ className: 'text-accent', 'aria-current': 'page' }}
            inactiveProps={{ className: 'text-muted' }}
            className="flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium"
          >
            <Icon aria-hidden size={20} strokeWidth={1.9} />
            {words.frame[word]}
          </Link>
          {to === '/jobs' && (
            <Button
              onPress={() => pick('files')}
              className="flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium text-accent"
            >
              <span className="grid size-6 place-items-center rounded-full bg-accent text-on-accent">
                <Upload aria-hidden size={14} strokeWidth={2.4} />
              </span>
              {words.catalog.upload}
            </Button>
          )}
        </Fragment>
      ))}
    </nav>
  )
}
