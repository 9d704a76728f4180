import { catalogView } from './catalog-view.ts'
import { insightsView } from './insights-view.ts'
import { usageView } from './usage-view.ts'

/** Every view there is; a view stands after those that its query reads. */
export const VIEWS = [catalogView, insightsView, usageView] as const
export type ViewName = 'catalog' | 'insights' | 'usage'

export { catalogView } from './catalog-view.ts'
export { insights } from './insights-view.ts'
export { usage } from './usage-view.ts'
