import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Connection, LiveRoad, Road } from './live-road.ts'

export const LiveRoadContext = createContext<LiveRoad | null>(null)

export function useLiveRoad(): LiveRoad {
  const road = useContext(LiveRoadContext)
  if (road === null) throw new Error('useLiveRoad() needs a LiveRoadContext above it.')
  return road
}

export function useRoad(): Road {
  const road = useLiveRoad()
  return useSyncExternalStore(road.subscribe, () => road.road)
}

export function useConnection(): Connection {
  const road = useLiveRoad()
  return useSyncExternalStore(road.subscribe, () => road.connection)
}
