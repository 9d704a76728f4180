import { listenToCards, renderCards } from './cards.js'
import { listenToFilters, renderFilters } from './filters.js'
import { renderFreshness, renderRace } from './freshness.js'

const REFRESH_MS = 400
const TYPING_MS = 150
const PAGE_ROWS = 24
const ROWS_MAX = 240

const total = document.querySelector('.total')
const moreButton = document.querySelector('.more')
const form = document.querySelector('[role=search]')

/** The address of the page is its state. */
const state = new URLSearchParams(location.search)
let answer = { products: [] }
let answeredAt = 0
let plain = {}
let turns = 0

async function send(path, options) {
  const response = await fetch(path, options)
  const body = await response.json()
  if (!response.ok) throw new Error(body.message)
  return body
}

/** What is asked for, however fresh. */
function question() {
  const asked = new URLSearchParams(state)
  asked.delete('fresh')
  return String(asked)
}

async function search() {
  const turn = (turns += 1)
  const asked = question()
  // Who has opened more goes on seeing it.
  const shown = answer.asked === asked ? answer.products.length : 0
  const rows = Math.min(Math.max(shown, PAGE_ROWS), ROWS_MAX)
  const [found, categories] = await Promise.all([send(`search?${state}&rows=${rows}`), send('categories')])
  // A later question has overtaken this one.
  if (turn !== turns) return
  answer = { ...found, asked }
  answeredAt = performance.now()
  renderFilters(answer.facets, categories, state)
  render()
}

/** Asks the plain query only when the question is another: it is the slow one. */
async function race() {
  const asked = question()
  if (plain.asked === asked) return
  const running = (plain = { asked })
  renderRace(answer.ms)
  running.ms = await send(`plain?${state}`).then(
    ({ ms }) => ms,
    () => null,
  )
  renderRace(answer.ms, plain.ms)
}

async function more() {
  const { products, next } = await send(`search?${state}&after=${answer.next}`)
  answer = { ...answer, next, products: [...answer.products, ...products] }
  render()
}

/** Reads again at once: what the view has not taken in yet is shown as pending. */
async function change(path, body = {}) {
  try {
    await send(path, { method: 'POST', body: JSON.stringify(body) })
  } finally {
    await search()
  }
}

function render() {
  const { products, facets, next } = answer
  total.textContent = facets.total === 0 ? 'Nothing is found.' : `${facets.total.toLocaleString('en')} products`
  moreButton.hidden = next === null
  renderCards(products)
  renderRace(answer.ms, plain.ms)
  renderFreshness(answer, 0)
}

async function ask() {
  await search()
  await race()
}

function set(name, value) {
  if (value === null || value === '') state.delete(name)
  else state.set(name, value)
  history.replaceState(null, '', `?${state}`)
  void ask()
}

form.text.value = state.get('text') ?? ''
form.sort.value = state.get('sort') ?? 'popular'
let typing
form.text.addEventListener('input', () => {
  clearTimeout(typing)
  typing = setTimeout(() => set('text', form.text.value.trim()), TYPING_MS)
})
form.addEventListener('submit', (event) => event.preventDefault())
form.sort.addEventListener('change', () => set('sort', form.sort.value))
moreButton.addEventListener('click', () => void more())
for (const radio of document.querySelectorAll('[name=fresh]')) {
  radio.checked = radio.value === (state.get('fresh') ?? 'any')
  radio.addEventListener('change', () => set('fresh', radio.value))
}
listenToCards((id) => answer.products.find((product) => product.id === id), change)
listenToFilters(set, (id, name) => change(`categories/${id}/name`, { name }))

let refresh
// However fast changes come, the page reads no faster than this.
new EventSource('events').addEventListener('message', () => {
  refresh ??= setTimeout(() => {
    refresh = undefined
    void search()
  }, REFRESH_MS)
})
await ask()
setInterval(() => renderFreshness(answer, performance.now() - answeredAt), 1_000)
