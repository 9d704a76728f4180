import { afterAll, beforeAll, describe } from 'vitest'
import { bucketCases, ownBucketCases } from './bucket-cases.ts'
import { checksumCases } from './byte-cases.ts'
import { casesOf } from './conformance-case.ts'
import type { CaseResult, Cases } from './conformance-case.ts'
import { keyCases } from './key-cases.ts'
import { multipartCases } from './multipart-cases.ts'
import { conditionCases, listingCases, objectCases, rangeCases } from './object-cases.ts'
import { StoreUnderTest } from './store-under-test.ts'
import type { ObjectStoreConnection } from './store-under-test.ts'

export interface ConformanceOptions {
  /** Features that are not kept fail too. Default false. */
  readonly isStrict?: boolean
  /** Hears of every case when all have run. */
  readonly onResults?: (results: readonly CaseResult[]) => void
  /** The bucket is not ours: what would change it is left out. Must agree with the connection. */
  readonly isBucketGiven?: boolean
}

const AREAS: Readonly<Record<string, (store: StoreUnderTest, cases: Cases) => void>> = {
  buckets: bucketCases,
  objects: objectCases,
  ranges: rangeCases,
  conditions: conditionCases,
  listings: listingCases,
  checksums: checksumCases,
  'multipart uploads': multipartCases,
  keys: keyCases,
}

/**
 * What Bellhop relies on in an S3-compatible store, and what more a store may keep, by AWS's own client and by Bellhop's
 * own keys. Leaves nothing in the store.
 */
export function describeObjectStore(
  name: string,
  connect: () => ObjectStoreConnection,
  { isStrict = false, onResults, isBucketGiven = false }: ConformanceOptions = {},
): void {
  describe(name, () => {
    const store = new StoreUnderTest(connect)
    const results: CaseResult[] = []
    beforeAll(() => store.open())
    afterAll(async () => {
      await store.close()
      onResults?.(results)
    })
    for (const [area, declare] of Object.entries(AREAS)) {
      describe(area, () => declare(store, casesOf(area, { results, isStrict })))
    }
    if (isBucketGiven) return
    describe('buckets of our own', () => ownBucketCases(store, casesOf('buckets', { results, isStrict })))
  })
}
