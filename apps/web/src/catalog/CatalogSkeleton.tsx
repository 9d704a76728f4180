import type { CatalogView } from './catalog-search.ts'
import { GRID } from './FileGrid.tsx'

const CARDS = 12

/** The page as it will be, without its words. */
export function CatalogSkeleton({ view, label }: { readonly view: CatalogView; readonly label: string }) {
  const cards = Array.from({ length: CARDS }, (_, index) => index)
  return (
    <div role="status" aria-label={label} className="late">
      {view === 'grid' ? (
        <div className={GRID}>
          {cards.map((card) => (
            <div key={card} className="overflow-hidden rounded-xl border border-line bg-surface">
              <div className="shimmer aspect-4/3" />
              <div className="flex flex-col gap-2 p-3">
                <div className="shimmer h-3.5 w-3/4 rounded" />
                <div className="shimmer h-3 w-1/3 rounded" />
              </div>
            </div>
          ))}
        </div>
      ) : (
        <div className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {cards.map((card) => (
            <div key={card} className="flex h-14 items-center gap-3 px-3">
              <div className="shimmer size-10 rounded-md" />
              <div className="shimmer h-3.5 w-1/3 rounded" />
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
