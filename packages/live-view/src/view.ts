import { type LiveView } from './live-view.ts'
import { type RefreshedView } from './refreshed-view.ts'

/** A declared view of either strategy. */
export type AnyView = LiveView | RefreshedView
