import { once } from 'node:events'
import { createServer } from 'node:net'

/** A TCP port that nothing listens on at this moment: the preferred one if it is free, else one the system picks. */
export async function findFreePort(host: string, preferred = 0): Promise<number> {
  try {
    return await probe(host, preferred)
  } catch {
    return probe(host, 0)
  }
}

export async function isPortFree(host: string, port: number): Promise<boolean> {
  return probe(host, port).then(
    () => true,
    () => false,
  )
}

async function probe(host: string, port: number): Promise<number> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address and a port.')
  return address.port
}
