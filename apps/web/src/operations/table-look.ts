export const HEAD =
  'sticky top-0 z-1 border-b border-line bg-surface px-3 py-2 text-xs font-medium whitespace-nowrap text-faint first:pl-4 last:pr-4'
export const CELL = 'px-3 py-2 first:pl-4 last:pr-4'
