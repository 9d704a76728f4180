export function FilePageSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="late flex flex-col gap-6">
      <div className="flex flex-col gap-3">
        <div className="shimmer h-7 w-1/3 rounded" />
        <div className="shimmer h-4 w-1/4 rounded" />
      </div>
      <div className="shimmer h-96 rounded-xl" />
      <div className="shimmer h-40 rounded-xl" />
    </div>
  )
}
