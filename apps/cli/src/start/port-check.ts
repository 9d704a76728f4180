import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * The port that the server shall take: the one asked for, or for 0 one that is free, so that it stays the same when the
 * server has to be started again. Throws when it is taken, before anything is started in vain.
 */
export async function choosePort(port: number, host: string): Promise<number> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
    const address = probe.address()
    return isAddress(address) ? address.port : port
  } catch (cause) {
    // Whatever else is wrong with the address, the server says itself.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) return port
    throw new Error(
      `Port ${port} is taken by another program; stop that, or choose another, such as \`PORT=${port + 1}\`.`,
      { cause },
    )
  } finally {
    probe.close()
  }
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
