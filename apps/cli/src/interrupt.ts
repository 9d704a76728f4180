/** Runs `onInterrupt` at the first Ctrl-C, until disposed; a second one ends the process as usual. */
export function onInterrupt(listener: () => void): Disposable {
  process.once('SIGINT', listener)
  return { [Symbol.dispose]: () => void process.off('SIGINT', listener) }
}
