import type { SignedPart, SignedRequest, UploadPlan } from '@bellhop/model'

/** A key is not used in its last moments: the store judges when the request arrives. */
const MARGIN_MS = 5_000

/** The keys in hand, by part. */
export class KeyRing {
  readonly #keys = new Map<number, { readonly request: SignedRequest; readonly deadlineMs: number }>()

  /** The keys that came with a plan. */
  keepPlan(plan: UploadPlan): void {
    if (plan.mode === 'single') this.#keep(1, plan.put)
    else this.keepParts(plan.signed)
  }

  keepParts(signed: readonly SignedPart[]): void {
    for (const { number, request } of signed) this.#keep(number, request)
  }

  has(number: number): boolean {
    return this.#keys.has(number)
  }

  /** Null when there is none, or none that lives long enough. */
  get(number: number): SignedRequest | null {
    const key = this.#keys.get(number)
    if (!key) return null
    if (key.deadlineMs > performance.now()) return key.request
    this.#keys.delete(number)
    return null
  }

  drop(number: number): void {
    this.#keys.delete(number)
  }

  #keep(number: number, request: SignedRequest): void {
    const marginMs = Math.min(MARGIN_MS, request.expiresInMs / 10)
    this.#keys.set(number, { request, deadlineMs: performance.now() + request.expiresInMs - marginMs })
  }
}
