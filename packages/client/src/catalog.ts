import type { CatalogFacets, CatalogPage } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { CatalogFilter, CatalogQuery, Contract } from './contract.ts'

export class Catalog {
  readonly #contract: Contract['catalog']
  readonly #caller: Caller

  constructor(contract: Contract['catalog'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** One page; pass its `nextCursor` as `cursor` for the next. */
  search(query: CatalogQuery = {}, { signal }: { readonly signal?: AbortSignal } = {}): Promise<CatalogPage> {
    return this.#caller.again((control) => this.#contract.search.query(query, control), signal)
  }

  facets(filter: CatalogFilter = {}, { signal }: { readonly signal?: AbortSignal } = {}): Promise<CatalogFacets> {
    return this.#caller.again((control) => this.#contract.facets.query(filter, control), signal)
  }
}
