import type { WebhookRecord } from '@bellhop/model'
import { trpc } from '../../trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { DeliveryRow } from './DeliveryRow.tsx'

const PAGE_SIZE = 5
/** One that is on its way is about to change. */
const SOON_MS = 1_000
const LATER_MS = 3_000

interface DeliveryListProps {
  readonly webhook: WebhookRecord
  readonly onFailure: (error: unknown) => void
}

/** What a webhook was told last, and how that went. */
export function DeliveryList({ webhook: { id, url }, onFailure }: DeliveryListProps) {
  const words = useWords()
  const { webhooks } = words.settings
  const pages = trpc.webhooks.deliveries.useInfiniteQuery(
    { id, limit: PAGE_SIZE },
    {
      getNextPageParam: (page) => page.nextCursor,
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data?.pages[0]?.items.some(({ status, tries }) => status === 'PENDING' && tries === 0)
          ? SOON_MS
          : LATER_MS,
    },
  )
  const rows = pages.data?.pages.flatMap((page) => page.items)
  return (
    <div className="border-t border-line bg-canvas/60">
      {rows === undefined && pages.error === null && (
        <p role="status" aria-label={words.common.loading} className="late shimmer m-4 h-6 rounded-md" />
      )}
      {rows === undefined && pages.error !== null && (
        <p className="px-4 py-3 text-sm text-bad">{errorSentence(words, pages.error)}</p>
      )}
      {rows?.length === 0 && <p className="px-4 py-3 text-sm text-faint">{webhooks.noDeliveries}</p>}
      {rows !== undefined && rows.length > 0 && (
        <ul aria-label={webhooks.deliveriesOf(url)} className="divide-y divide-line">
          {rows.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} onFailure={onFailure} />
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <div className="border-t border-line px-2 py-1.5">
          <Button small look="quiet" onPress={() => void pages.fetchNextPage()} isDisabled={pages.isFetchingNextPage}>
            {webhooks.older}
          </Button>
        </div>
      )}
    </div>
  )
}
