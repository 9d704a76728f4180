import type { JobSnapshot } from '@bellhop/model'
import { isJobEnded } from '@bellhop/model'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { trpc } from '../trpc.ts'
import { putLiveJobs } from './live-jobs.ts'
import { throttle } from './throttle.ts'
import { useConnection, useLiveRoad, useRoad } from './use-live-road.ts'

/** States of many jobs arrive in bursts; the page is drawn once for each of these. */
const DRAW_EVERY_MS = 100
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
  const waiting = useRef<JobSnapshot[]>([])
  const [refetch] = useState(() =>
    throttle(REFETCH_EVERY_MS, () => {
      void utils.jobs.invalidate()
      void utils.files.get.invalidate()
    }),
  )
  const [draw] = useState(() =>
    throttle(DRAW_EVERY_MS, () => {
      const jobs = waiting.current
      waiting.current = []
      const unknown = putLiveJobs(client, jobs)
      if (unknown.length > 0 || jobs.some((job) => isJobEnded(job.status))) refetch.call()
    }),
  )
  const { status } = trpc.jobs.feed.useSubscription(undefined, {
    onData: ({ data }) => {
      waiting.current.push(data)
      draw.call()
    },
  })
  useEffect(() => road.report(status === 'pending' ? 'up' : 'down'), [road, status])
  useEffect(
    () => () => {
      draw.stop()
      refetch.stop()
    },
    [draw, refetch],
  )
  return null
}

function ViewFeed() {
  const utils = trpc.useUtils()
  const [catalog] = useState(() => throttle(REFETCH_EVERY_MS, () => void utils.catalog.invalidate()))
  const [insights] = useState(() => throttle(REFETCH_EVERY_MS, () => void utils.insights.invalidate()))
  trpc.views.watch.useSubscription(
    { views: ['catalog', 'insights'] },
    { onData: ({ data }) => (data.view === 'catalog' ? catalog : insights).call() },
  )
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
