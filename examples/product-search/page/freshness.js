const strip = document.querySelector('.fresh')
const number = new Intl.NumberFormat('en')

const MEANING = {
  stored: 'Read from the rows of the view as they are.',
  overlay: 'The stored rows, with the pending ones computed live in the same snapshot.',
  computed: "Computed by the view's whole query.",
}

/** Says how fresh an answer is that came `ageMs` ago: what was pending then has grown older since. */
export function renderFreshness({ source, met, lagMs, pending, asOf, reviewBatchMs }, ageMs) {
  const badge = strip.querySelector('.badge')
  badge.textContent = met ? source : `${source}, not as fresh as wanted`
  badge.title = MEANING[source]
  badge.dataset.source = source
  const writes = pending === 1 ? '1 write waits' : `${number.format(pending)} writes wait`
  strip.querySelector('.lag').textContent =
    pending === 0
      ? `holds every write up to ${new Date(asOf).toLocaleTimeString('en-GB')}`
      : `${writes}, the oldest for ${Math.round((lagMs + ageMs) / 1_000)} s; reviews are taken in ${reviewBatchMs / 1_000} s after the first`
}

/** `plainMs` is undefined while the plain query runs, null when it gave up. */
export function renderRace(ms, plainMs) {
  const most = Math.max(ms, plainMs ?? 0)
  for (const [name, taken] of [
    ['view', ms],
    ['plain', plainMs],
  ]) {
    strip.querySelector(`.${name} i`).style.width = `${Math.max(1, (100 * (taken ?? 0)) / most)}%`
    strip.querySelector(`.${name} span`).textContent =
      taken === undefined ? '…' : taken === null ? 'over 30 s' : `${taken.toFixed(taken < 10 ? 1 : 0)} ms`
  }
}
