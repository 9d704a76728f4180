import type { KindArgument, PresetRecord, PresetSettings } from '@bellhop/model'
import type { Caller } from './caller.ts'
import type { Contract } from './contract.ts'

export interface NewPreset<K extends string> {
  /** 1 to 64 characters; what stood under it before is replaced. */
  readonly name: string
  readonly kind: K & KindArgument<K>
  /** The input of the kind, without `fileId`. */
  readonly settings: PresetSettings<K>
  /** Jobs of the kind that name no preset take it, those that an upload starts among them. Default: false. */
  readonly isDefault?: boolean
}

/** Settings of kinds of jobs under names of the workspace's own. Everybody reads them; owners set them. */
export class Presets {
  readonly #contract: Contract['presets']
  readonly #caller: Caller

  constructor(contract: Contract['presets'], caller: Caller) {
    this.#contract = contract
    this.#caller = caller
  }

  /** By name; a workspace has at most 100. */
  list({ signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly PresetRecord[]> {
    return this.#caller.again((control) => this.#contract.list.query(undefined, control), signal)
  }

  /** JOB_INPUT_INVALID where the kind does not take these settings; PRESET_LIMIT. */
  async set<K extends string>({ settings, ...preset }: NewPreset<K>): Promise<PresetRecord<K>> {
    const input = { ...preset, settings: { ...settings } }
    const record = await this.#caller.again((control) => this.#contract.set.mutate(input, control))
    return record as PresetRecord<K> // -- the server answers what it was given
  }

  /** Jobs that took it keep what they took. */
  async delete(name: string): Promise<void> {
    await this.#caller.once((control) => this.#contract.delete.mutate({ name }, control))
  }
}
