import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { trpc } from '../trpc.ts'
import { JobIntake } from './job-intake.ts'
import { putLiveJobs } from './live-jobs.ts'
import { afterGaps } from './after-gaps.ts'
import { throttle } from './throttle.ts'
import { viewNews } from './view-news.ts'
import { useRevival } from './use-revival.ts'
import { useConnection, useLiveRoad, useRoad } from './use-live-road.ts'

const REFETCH_EVERY_MS = 1_000
const POLL_EVERY_MS = 5_000

/** The one live connection of the tab: it writes what changes into the cache and renders nothing. */
export function LiveFeed() {
  const road = useRoad()
  return (
    <>
      <JobFeed key={`jobs ${road}`} />
      <ViewFeed key={`views ${road}`} />
      <Polling />
    </>
  )
}

function JobFeed() {
  const client = useQueryClient()
  const utils = trpc.useUtils()
  const road = useLiveRoad()
  const [{ intake, onStarted }] = useState(() => {
    const refetch = () => {
      void utils.jobs.invalidate()
      void utils.files.get.invalidate()
    }
    return {
      intake: new JobIntake({ put: (jobs) => putLiveJobs(client, jobs), refetch }),
      onStarted: afterGaps(refetch),
    }
  })
  const feed = trpc.jobs.feed.useSubscription(undefined, { onStarted, onData: ({ data }) => intake.take(data) })
  useRevival(feed)
  useEffect(() => road.report(feed.status === 'pending' ? 'up' : 'down'), [road, feed.status])
  useEffect(() => () => intake.stop(), [intake])
  return null
}

function ViewFeed() {
  const utils = trpc.useUtils()
  const [{ catalog, insights, isNews }] = useState(() => ({
    catalog: throttle(REFETCH_EVERY_MS, () => void utils.catalog.invalidate()),
    insights: throttle(REFETCH_EVERY_MS, () => void utils.insights.invalidate()),
    isNews: viewNews(),
  }))
  const feed = trpc.views.watch.useSubscription(
    { views: ['catalog', 'insights', 'usage'] },
    {
      onData: ({ data }) => {
        if (isNews(data)) (data.view === 'catalog' ? catalog : insights).call()
      },
    },
  )
  useRevival(feed)
  useEffect(
    () => () => {
      catalog.stop()
      insights.stop()
    },
    [catalog, insights],
  )
  return null
}

/** Without any live connection the page asks again and again, for what it shows. */
function Polling() {
  const utils = trpc.useUtils()
  const polling = useConnection() === 'polling'
  useEffect(() => {
    if (!polling) return
    const timer = setInterval(() => void utils.invalidate(undefined, { refetchType: 'active' }), POLL_EVERY_MS)
    return () => clearInterval(timer)
  }, [polling, utils])
  return null
}
