export function SettingsSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="late flex flex-col gap-5">
      <div className="shimmer h-28 rounded-xl" />
      <div className="shimmer h-44 rounded-xl" />
      <div className="shimmer h-72 rounded-xl" />
    </div>
  )
}
