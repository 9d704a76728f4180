import { catalogView } from './catalog-view.ts'
import { insightsView } from './insights-view.ts'

/** Every view there is; a view stands after those that its query reads. */
export const VIEWS = [catalogView, insightsView] as const
export type ViewName = 'catalog' | 'insights'

export { catalogView } from './catalog-view.ts'
export { insights } from './insights-view.ts'
