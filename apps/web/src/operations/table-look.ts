export const HEAD =
  'sticky top-0 border-b border-line bg-surface px-3 py-2 text-xs font-medium text-faint first:pl-4 last:pr-4'
export const CELL = 'px-3 py-2 first:pl-4 last:pr-4'
