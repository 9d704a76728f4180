/** Calls `run` at once, then at most every `everyMs`, and once more for what came in between. */
export function throttle(everyMs: number, run: () => void): { call(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const rest = () => {
    timer = undefined
    if (!again) return
    again = false
    start()
  }
  const start = () => {
    timer = setTimeout(rest, everyMs)
    run()
  }
  return {
    call() {
      if (timer === undefined) start()
      else again = true
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      again = false
    },
  }
}
