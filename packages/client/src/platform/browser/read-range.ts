import { streamOf } from '../stream-input.ts'
import type { ReadRange } from '../read-range.ts'

export const readRange: ReadRange = async ({ url, headers, signal }) => {
  const response = await fetch(url, { headers, signal, credentials: 'omit' })
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: response.body ? streamOf(response.body) : none(),
    cancel: async () => response.body?.cancel().catch(() => {}),
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}
