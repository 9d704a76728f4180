const ROWS = 8

export function JobListSkeleton({ label }: { readonly label: string }) {
  return (
    <div
      role="status"
      aria-label={label}
      className="late divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface"
    >
      {Array.from({ length: ROWS }, (_, row) => (
        <div key={row} className="flex h-16 items-center gap-4 px-4">
          <div className="flex flex-1 flex-col gap-2">
            <div className="shimmer h-3.5 w-2/5 rounded" />
            <div className="shimmer h-3 w-1/5 rounded" />
          </div>
          <div className="shimmer h-3.5 w-1/5 rounded" />
        </div>
      ))}
    </div>
  )
}
