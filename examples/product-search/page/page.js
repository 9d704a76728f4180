const PRICE_BANDS = ['under $25', '$25 to $50', '$50 to $100', '$100 to $250', '$250 and more']
const REFRESH_MS = 400
const DEBOUNCE_MS = 150

const one = (selector, within = document) => within.querySelector(selector)
const list = one('.products')
const dialog = one('dialog')
const number = new Intl.NumberFormat('en')
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })

/** The address of the page is its state. */
const state = new URLSearchParams(location.search)
let categories = []
let answer = { products: [], asOf: Date.now() }
let answeredAt = performance.now()
let latest = 0

async function get(path) {
  const response = await fetch(path)
  if (!response.ok) throw new Error((await response.json()).message)
  return response.json()
}

async function search() {
  const turn = (latest += 1)
  const [found, names] = await Promise.all([get(`search?${state}`), get('categories')])
  // An answer that a later question has overtaken is not shown.
  if (turn !== latest) return
  // Push asks for the first page again; who has opened more goes on seeing it.
  const rest = found.products.length > 0 ? answer.products.slice(found.products.length) : []
  const ids = new Set(found.products.map(({ id }) => id))
  const extended = rest.length > 0 && answer.key === key()
  answer = {
    ...found,
    key: key(),
    next: extended ? answer.next : found.next,
    products: extended ? [...found.products, ...rest.filter(({ id }) => !ids.has(id))] : found.products,
  }
  categories = names
  answeredAt = performance.now()
  render()
}

/** What is asked for, however fresh. */
function key() {
  const asked = new URLSearchParams(state)
  asked.delete('fresh')
  return String(asked)
}

let plain = { key: undefined, ms: undefined }

/** Asked only when the question changed: it is the slow one. */
async function race() {
  const asked = { key: key(), ms: undefined }
  if (plain.key === asked.key) return
  plain = asked
  bars()
  asked.ms = (await get(`plain?${state}`)).ms
  bars()
}

async function more() {
  const page = await get(`search?${state}&after=${answer.next}`)
  answer = { ...answer, next: page.next, products: [...answer.products, ...page.products] }
  render()
}

async function change(path, body = {}) {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) })
  if (response.status === 409) return
  if (!response.ok) throw new Error((await response.json()).message)
  // What the view has not taken in yet is shown as pending.
  await search()
}

function ask(what, value, note) {
  one('label span', dialog).textContent = what
  one('p', dialog).textContent = note
  const input = one('input', dialog)
  input.value = value
  dialog.returnValue = ''
  dialog.showModal()
  input.select()
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === 'ok' ? input.value.trim() : '')
    dialog.addEventListener('close', closed, { once: true })
  })
}

function render() {
  const { products, facets } = answer
  one('.total').textContent =
    facets.total === 0 ? 'Nothing is found. Take a filter away.' : `${number.format(facets.total)} products`
  one('.more').hidden = answer.next === null
  const cards = new Map([...list.children].map((card) => [card.dataset.id, card]))
  list.replaceChildren(...products.map((product) => fill(cards.get(String(product.id)) ?? newCard(product), product)))
  renderFacets(facets)
  renderFreshness()
  bars()
}

function newCard({ id }) {
  const card = one('#product').content.firstElementChild.cloneNode(true)
  card.dataset.id = id
  for (const stars of [1, 2, 3, 4, 5]) {
    const button = Object.assign(document.createElement('button'), { textContent: '★', title: `Review: ${stars} of 5` })
    button.dataset.do = 'review'
    button.dataset.stars = stars
    button.setAttribute('aria-label', `Review with ${stars} of 5 stars`)
    one('.rate', card).append(button)
  }
  return card
}

function fill(card, product) {
  const { id, title, titleKo, seller, categoryPath, priceCents, quantity, score, reviewCount } = product
  const values = {
    '.path': categoryPath,
    '.title': title,
    '.korean': titleKo,
    '.seller': seller,
    '.stars': reviewCount === 0 ? '' : `★ ${score.toFixed(1)}`,
    '.reviews': reviewCount === 0 ? 'no reviews yet' : `${reviewCount} review${reviewCount === 1 ? '' : 's'}`,
    '.price': money.format(priceCents / 100),
    '.quantity': quantity === 0 ? 'sold out' : `${quantity} in stock`,
  }
  for (const [selector, text] of Object.entries(values)) {
    const element = one(selector, card)
    if (element.textContent === text) continue
    if (element.textContent !== '') element.animate({ background: ['#ffe58a', 'transparent'] }, 1600)
    element.textContent = text
  }
  card.classList.toggle('sold-out', quantity === 0)
  one('[data-do=buy]', card).disabled = quantity === 0
  const acts = {
    buy: () => change(`products/${id}/buy`),
    price: () => change(`products/${id}/price`, { cents: Math.max(99, Math.round(priceCents * 0.9)) }),
    review: ({ stars }) => change(`products/${id}/review`, { stars: Number(stars) }),
    title: async () => {
      const value = await ask('Title', title, 'Edits of products are gathered for 2 s.')
      if (value !== '') await change(`products/${id}/title`, { title: value })
    },
  }
  card.onclick = ({ target }) => acts[target.dataset.do]?.(target.dataset)
  return card
}

function renderFacets(facets) {
  one('.check small').textContent = number.format(facets.inStock)
  one('[name=inStock]').checked = state.has('inStock')
  choices(
    'minStars',
    [4, 3, 2, 1].map((stars) => [stars, `★ ${stars} and more`, facets.minStars[stars]]),
  )
  choices(
    'priceBand',
    PRICE_BANDS.map((name, band) => [band, name, facets.priceBands[band]]),
  )
  const leaves = categories.filter(({ parentId }) => parentId !== null)
  choices(
    'categoryId',
    leaves.map(({ id, name }) => [id, name, facets.categories[id]]),
  )
}

function choices(facet, values) {
  const section = one(`[data-facet=${facet}]`)
  const chosen = state.get(facet)
  const focused = section.contains(document.activeElement) ? document.activeElement.dataset.value : undefined
  const rows = values.map(([value, name, count = 0]) => {
    const row = document.createElement('div')
    const button = document.createElement('button')
    button.append(name, Object.assign(document.createElement('small'), { textContent: number.format(count) }))
    button.setAttribute('aria-pressed', chosen === String(value))
    button.dataset.value = value
    button.onclick = () => set(facet, chosen === String(value) ? null : value)
    row.append(button)
    if (facet === 'categoryId') row.append(pencil(value, name, count))
    return row
  })
  section.replaceChildren(section.firstElementChild, ...rows)
  if (focused !== undefined) one(`[data-value="${focused}"]`, section)?.focus()
}

function pencil(id, name, count) {
  const button = Object.assign(document.createElement('button'), { className: 'pencil', textContent: '✎' })
  button.setAttribute('aria-label', `Rename ${name}`)
  button.onclick = async () => {
    const value = await ask('Category', name, `One write; ${number.format(count)} rows of the view follow it.`)
    if (value !== '') await change(`categories/${id}/name`, { name: value })
  }
  return button
}

function renderFreshness() {
  const { source, met, lagMs, pending, reviewBatchMs } = answer
  const badge = one('.badge')
  badge.textContent = met ? source : `${source}, not as fresh as wanted`
  badge.dataset.source = source
  badge.title = {
    stored: 'Read from the rows of the view as they are.',
    overlay: 'The stored rows, with the pending ones computed live in the same snapshot.',
    computed: "Computed by the view's whole query.",
  }[source]
  const sinceMs = performance.now() - answeredAt
  const asOf = new Date(answer.asOf).toLocaleTimeString('en-GB')
  const waiting = pending === 1 ? '1 write waits' : `${number.format(pending)} writes wait`
  one('.lag').textContent =
    pending === 0
      ? `holds every write up to ${asOf}`
      : `${waiting}, the oldest for ${((lagMs + sinceMs) / 1000).toFixed(0)} s; reviews are a batch, taken in ${reviewBatchMs / 1000} s after the first`
}

function bars() {
  const most = Math.max(answer.ms, plain.ms ?? 0)
  const show = (selector, ms) => {
    one(`${selector} i`).style.width = `${Math.max(1, (100 * (ms ?? 0)) / most)}%`
    one(`${selector} span`).textContent = ms === undefined ? '…' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
  }
  show('.view', answer.ms)
  show('.plain', plain.ms)
}

function set(name, value) {
  if (value === null || value === '' || value === false) state.delete(name)
  else state.set(name, value)
  history.replaceState(null, '', `?${state}`)
  void search().then(race)
}

const form = one('[role=search]')
let typing
form.text.oninput = () => {
  clearTimeout(typing)
  typing = setTimeout(() => set('text', form.text.value.trim()), DEBOUNCE_MS)
}
form.onsubmit = (event) => event.preventDefault()
form.sort.onchange = () => set('sort', form.sort.value)
one('[name=inStock]').onchange = ({ target }) => set('inStock', target.checked)
one('.more').onclick = more
for (const radio of document.querySelectorAll('[name=fresh]')) {
  radio.onchange = () => set('fresh', radio.value)
  if (radio.value === state.get('fresh')) radio.checked = true
}
// On a phone, what is found comes first.
one('.filters').open = matchMedia('(min-width: 721px)').matches
form.text.value = state.get('text') ?? ''
form.sort.value = state.get('sort') ?? 'popular'

let refresh
// However fast changes come, the page reads no faster than this.
new EventSource('events').onmessage = () => {
  refresh ??= setTimeout(() => {
    refresh = undefined
    void search()
  }, REFRESH_MS)
}
setInterval(renderFreshness, 1_000)
await search()
await race()
