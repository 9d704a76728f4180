import { Link } from '@tanstack/react-router'
import { useMay } from '../account/use-may.ts'
import { useWords } from '../words/use-words.ts'
import { Brand } from './Brand.tsx'
import { PLACES } from './places.ts'

export function Rail() {
  const words = useWords()
  const administers = useMay('administer') === true
  return (
    <nav
      aria-label={words.frame.mainNavigation}
      className="sticky top-0 hidden h-dvh shrink-0 flex-col gap-1 px-3 py-4 sm:flex lg:w-56"
    >
      <Link to="/" className="mb-5 rounded-lg px-1 lg:px-1.5">
        <Brand nameClass="max-lg:sr-only" />
      </Link>
      {PLACES.filter(({ right }) => right !== 'administer' || administers).map(({ to, word, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          aria-label={words.frame[word]}
          title={words.frame[word]}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          activeProps={{ className: 'bg-accent-soft text-accent', 'aria-current': 'page' }}
          inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-ink' }}
          className="flex h-10 items-center last:mt-auto gap-3 rounded-lg px-2.5 font-medium transition-colors max-lg:w-10 max-lg:justify-center max-lg:px-0"
        >
          <Icon aria-hidden size={19} strokeWidth={1.9} className="shrink-0" />
          <span className="max-lg:hidden">{words.frame[word]}</span>
        </Link>
      ))}
    </nav>
  )
}
