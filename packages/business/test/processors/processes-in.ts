import { readdir, readlink } from 'node:fs/promises'

/** Processes that work in `folder` or below: the children of a job, by the folder that they alone have. Linux only. */
export async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return pids.filter((_, index) => `${folders[index]}/`.startsWith(`${folder}/`)).map(Number)
}
