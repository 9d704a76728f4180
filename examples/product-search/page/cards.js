import { ask } from './ask.js'

const STARS = [1, 2, 3, 4, 5]
const list = document.querySelector('.products')
const template = document.querySelector('#product')
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })

/** What a card's buttons do; `change` sends a write and has the page read again. */
export function listenToCards(productOf, change) {
  const acts = {
    buy: ({ id }) => change(`products/${id}/buy`),
    price: ({ id, priceCents }) =>
      change(`products/${id}/price`, { cents: Math.max(99, Math.round(priceCents * 0.9)) }),
    review: ({ id }, { stars }) => change(`products/${id}/review`, { stars: Number(stars) }),
    title: async ({ id, title }) => {
      const value = await ask('Title', title, 'Edits of products are gathered for 2 s.')
      if (value !== '') await change(`products/${id}/title`, { title: value })
    },
  }
  list.addEventListener('click', ({ target }) => {
    const product = productOf(Number(target.closest('li')?.dataset.id))
    if (product !== undefined) void acts[target.dataset.do]?.(product, target.dataset)
  })
}

export function renderCards(products) {
  const cards = new Map([...list.children].map((card) => [card.dataset.id, card]))
  list.replaceChildren(
    ...products.map((product) => fill(cards.get(String(product.id)) ?? newCard(product.id), product)),
  )
}

function newCard(id) {
  const card = template.content.firstElementChild.cloneNode(true)
  card.dataset.id = id
  for (const stars of STARS) {
    const button = document.createElement('button')
    Object.assign(button, {
      textContent: '★',
      title: `Review: ${stars} of 5`,
      ariaLabel: `Review with ${stars} of 5 stars`,
    })
    Object.assign(button.dataset, { do: 'review', stars })
    card.querySelector('.rate').append(button)
  }
  return card
}

function fill(card, { title, titleKo, seller, categoryPath, priceCents, quantity, score, reviewCount }) {
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
    const element = card.querySelector(selector)
    if (element.textContent === text) continue
    if (element.textContent !== '') element.animate({ background: ['#ffe58a', 'transparent'] }, 1_600)
    element.textContent = text
  }
  card.classList.toggle('sold-out', quantity === 0)
  card.querySelector('[data-do=buy]').disabled = quantity === 0
  return card
}
