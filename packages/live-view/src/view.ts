import { type LiveView } from './live-view.ts'
import { type BatchView, type RefreshedView } from './refreshed-view.ts'

/** A declared view of any strategy. */
export type AnyView = LiveView | RefreshedView | BatchView
