import type { StoreReport } from '@bellhop/model'
import { useQuery } from '@tanstack/react-query'
import { LoaderCircle, RefreshCw } from 'lucide-react'
import { trpc } from '../../trpc.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/use-words.ts'
import { type BrowserReach, browserReach } from './browser-reach.ts'
import { CHECK_LOOKS } from './store-state.ts'

const LOOKS = {
  reads: CHECK_LOOKS.green,
  reaches: CHECK_LOOKS.amber,
  unreachable: CHECK_LOOKS.red,
  mixed: CHECK_LOOKS.red,
} satisfies Record<BrowserReach, unknown>

/** What no server can know: whether the browser of the person who looks reaches the store. */
export function BrowserCheck({ report }: { readonly report: StoreReport }) {
  const words = useWords()
  const { browser } = words.settings.storage
  const { client } = trpc.useUtils()
  const { publicEndpoint, bucket } = report
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['browser-reach', publicEndpoint, bucket],
    queryFn: async ({ signal }) => {
      const keyedUrl = await pictureUrl(client)
      return { reach: await browserReach({ publicEndpoint, bucket, keyedUrl, signal }), keyed: keyedUrl !== null }
    },
    retry: false,
  })
  const fix =
    data === undefined || data.reach === 'reads'
      ? null
      : { reaches: browser.reachesFix, unreachable: browser.unreachableFix, mixed: browser.mixedFix }[data.reach]
  const { icon: Icon, ink } = data === undefined ? { icon: LoaderCircle, ink: 'text-muted' } : LOOKS[data.reach]
  return (
    <Panel
      title={browser.title}
      aside={
        <IconButton
          small
          icon={RefreshCw}
          label={browser.again}
          onPress={() => void refetch()}
          isDisabled={isFetching}
        />
      }
    >
      <div className="flex items-start gap-3">
        <Icon
          aria-hidden
          size={18}
          strokeWidth={2}
          className={`mt-0.5 shrink-0 ${ink} ${data === undefined ? 'animate-spin' : ''}`}
        />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-medium wrap-anywhere">
            {data === undefined ? browser.trying : browser[data.reach](publicEndpoint)}
          </p>
          {data?.reach === 'reads' && (
            <p className="text-sm text-muted text-pretty">{data.keyed ? browser.provesKeyed : browser.provesBare}</p>
          )}
          {fix !== null && <p className="text-sm text-muted text-pretty">{fix}</p>}
        </div>
      </div>
    </Panel>
  )
}

/** A key that the library hands out anyway: to the thumbnail of the newest picture. */
async function pictureUrl(client: ReturnType<typeof trpc.useUtils>['client']): Promise<string | null> {
  const { items } = await client.catalog.search.query({ type: 'image', limit: 1 })
  const thumbnail = items[0]?.thumbnail ?? null
  if (thumbnail === null) return null
  const [preview] = await client.downloads.previews.query({ ids: [thumbnail] })
  return preview?.url ?? null
}
