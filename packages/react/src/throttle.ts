/** Calls `run` at once, then at most every `everyMs`, and once more for what came in between. */
export function throttle(everyMs: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const start = () => {
    again = false
    timer = setTimeout(() => {
      timer = undefined
      if (again) start()
    }, everyMs)
    run()
  }
  return () => {
    if (timer === undefined) start()
    else again = true
  }
}
