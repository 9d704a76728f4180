export const INSIGHT_DAYS = [7, 30, 90, 365] as const
type InsightDays = (typeof INSIGHT_DAYS)[number]
export const MEASURES = ['files', 'bytes'] as const
export type Measure = (typeof MEASURES)[number]
export const SHOWS = ['chart', 'table'] as const
type Show = (typeof SHOWS)[number]

export interface InsightsSearch {
  readonly days?: InsightDays
  readonly measure?: Measure
  readonly show?: Show
}

export function insightsSearch(raw: Record<string, unknown>): InsightsSearch {
  const days = INSIGHT_DAYS.find((each) => each === raw['days'])
  const measure = MEASURES.find((each) => each === raw['measure'])
  const show = SHOWS.find((each) => each === raw['show'])
  return {
    ...(days === undefined || days === 30 ? {} : { days }),
    ...(measure === undefined || measure === 'files' ? {} : { measure }),
    ...(show === undefined || show === 'chart' ? {} : { show }),
  }
}
