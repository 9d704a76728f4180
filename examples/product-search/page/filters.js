import { ask } from './ask.js'

const PRICE_BANDS = ['under $25', '$25 to $50', '$50 to $100', '$100 to $250', '$250 and more']
const filters = document.querySelector('.filters')
const number = new Intl.NumberFormat('en')

/** `set` changes a filter, null takes it away; `rename` sends a category's new name. */
export function listenToFilters(set, rename) {
  filters
    .querySelector('[name=inStock]')
    .addEventListener('change', ({ target }) => set('inStock', target.checked || null))
  filters.addEventListener('click', ({ target }) => {
    const button = target.closest('button')
    if (button === null) return
    const { value } = button.dataset
    if (value === undefined) void askName(button.dataset, rename)
    else set(button.closest('section').dataset.facet, button.ariaPressed === 'true' ? null : value)
  })
  // On a phone, what is found comes first.
  filters.open = matchMedia('(min-width: 721px)').matches
}

async function askName({ id, name, count }, rename) {
  const renamed = await ask('Category', name, `One write; ${count} rows of the view follow it.`)
  if (renamed !== '') await rename(id, renamed)
}

export function renderFilters(facets, categories, state) {
  filters.querySelector('.check small').textContent = number.format(facets.inStock)
  filters.querySelector('[name=inStock]').checked = state.has('inStock')
  const leaves = categories.filter(({ parentId }) => parentId !== null)
  choices(
    state,
    'minStars',
    [4, 3, 2, 1].map((stars) => [stars, `★ ${stars} and more`, facets.minStars[stars]]),
  )
  choices(
    state,
    'priceBand',
    PRICE_BANDS.map((name, band) => [band, name, facets.priceBands[band]]),
  )
  choices(
    state,
    'categoryId',
    leaves.map(({ id, name }) => [id, name, facets.categories[id]]),
  )
}

function choices(state, facet, values) {
  const section = filters.querySelector(`[data-facet=${facet}]`)
  const focused = section.contains(document.activeElement) ? document.activeElement.dataset.value : undefined
  const rows = values.map(([value, name, count = 0]) => {
    const row = document.createElement('div')
    const button = document.createElement('button')
    const shown = number.format(count)
    button.append(name, Object.assign(document.createElement('small'), { textContent: shown }))
    button.ariaPressed = String(state.get(facet) === String(value))
    button.dataset.value = value
    row.append(button)
    if (facet === 'categoryId') row.append(pencil({ id: value, name, count: shown }))
    return row
  })
  section.replaceChildren(section.firstElementChild, ...rows)
  if (focused !== undefined) section.querySelector(`[data-value="${focused}"]`)?.focus()
}

function pencil(category) {
  const button = document.createElement('button')
  Object.assign(button, { className: 'pencil', textContent: '✎', ariaLabel: `Rename ${category.name}` })
  Object.assign(button.dataset, category)
  return button
}
