export interface Cell {
  readonly categoryId: number
  readonly priceBand: number
  readonly wholeStars: number
  readonly inStock: boolean
  readonly count: number
}

export interface Filters {
  readonly categoryId?: number | undefined
  readonly priceBand?: number | undefined
  readonly minStars?: number | undefined
  readonly inStock: boolean
}

/** Counts by value. */
export interface Facets {
  readonly total: number
  readonly categories: Readonly<Record<number, number>>
  readonly priceBands: Readonly<Record<number, number>>
  /** Products with at least so many stars. */
  readonly minStars: Readonly<Record<number, number>>
  readonly inStock: number
}

/** What each choice would find: a facet counts under all filters but its own, so that its other choices show. */
export function facets(cells: readonly Cell[], { categoryId, priceBand, minStars, inStock }: Filters): Facets {
  const categories: Record<number, number> = {}
  const priceBands: Record<number, number> = {}
  const stars: Record<number, number> = { 1: 0, 2: 0, 3: 0, 4: 0 }
  let total = 0
  let stocked = 0
  for (const cell of cells) {
    const misses = [
      categoryId !== undefined && cell.categoryId !== categoryId ? 'category' : '',
      priceBand !== undefined && cell.priceBand !== priceBand ? 'price' : '',
      minStars !== undefined && cell.wholeStars < minStars ? 'stars' : '',
      inStock && !cell.inStock ? 'stock' : '',
    ].filter(Boolean)
    const passesAllBut = (own: string) => misses.every((miss) => miss === own)
    if (misses.length === 0) total += cell.count
    if (passesAllBut('category')) categories[cell.categoryId] = (categories[cell.categoryId] ?? 0) + cell.count
    if (passesAllBut('price')) priceBands[cell.priceBand] = (priceBands[cell.priceBand] ?? 0) + cell.count
    if (passesAllBut('stock') && cell.inStock) stocked += cell.count
    if (!passesAllBut('stars')) continue
    for (const least of [1, 2, 3, 4]) {
      if (cell.wholeStars >= least) stars[least] = (stars[least] ?? 0) + cell.count
    }
  }
  return { total, categories, priceBands, minStars: stars, inStock: stocked }
}
