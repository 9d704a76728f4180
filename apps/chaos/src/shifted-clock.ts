/** Preloaded into a process, it makes its clock wrong by `CHAOS_CLOCK_SHIFT_MS`. Timers and monotonic time go on as they do. */
const SHIFT_MS = Number(process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0)
const TrueDate = Date

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args: [], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [TrueDate.now() + SHIFT_MS] : args, newTarget) as object,
  apply: () => new TrueDate(TrueDate.now() + SHIFT_MS).toString(),
  get: (target, property) =>
    property === 'now' ? () => TrueDate.now() + SHIFT_MS : (Reflect.get(target, property, target) as unknown),
})
