/** From the first byte to the one after the last. */
export type Span = readonly [from: number, to: number]

/** Which bytes of an object are there, as spans in order that do not touch. */
export class Arrived {
  #spans: Span[] = []

  constructor(spans: readonly Span[] = []) {
    for (const span of spans) this.add(span)
  }

  add([from, to]: Span): void {
    if (from >= to) return
    const before = this.#spans.filter(([, end]) => end < from)
    const after = this.#spans.filter(([start]) => start > to)
    const touching = this.#spans.slice(before.length, this.#spans.length - after.length)
    const start = Math.min(from, ...touching.map(([first]) => first))
    const end = Math.max(to, ...touching.map(([, last]) => last))
    this.#spans = [...before, [start, end], ...after]
  }

  holds([from, to]: Span): boolean {
    return this.#spans.some(([start, end]) => start <= from && to <= end)
  }

  get sizeBytes(): number {
    return this.#spans.reduce((sum, [from, to]) => sum + (to - from), 0)
  }

  get spans(): readonly Span[] {
    return this.#spans
  }
}
