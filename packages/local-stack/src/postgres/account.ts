import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { LocalStackError } from '../local-stack-error.ts'

/** How the Postgres programs are run: as whom, and through which command in front of them. */
export type PostgresAccount = {
  /** Set when this process is root, which Postgres refuses to be; the data folder must belong to it. */
  owner?: { uid: number; gid: number }
  prefix: string[]
}

// A system's own account for Postgres, or the one that owns nothing. initdb wants an account with a name.
const ACCOUNT_NAMES = ['postgres', '_postgres', 'nobody']
const EXECUTE_BY_OTHERS = 0o001
const EXECUTE_BY_OWNER = 0o100

/**
 * Chooses the account. As root the programs run as an ordinary account; where a private folder (such as /root) lies
 * above one of `paths`, they keep the one capability that lets them walk through it.
 */
export async function chooseAccount(paths: string[]): Promise<PostgresAccount> {
  const setpriv = await findSetpriv()
  // The kernel stops Postgres when this process dies, even by SIGKILL, so that it is not left behind.
  const dieWithParent = setpriv ? [setpriv, '--pdeathsig=INT'] : []
  if (process.getuid?.() !== 0) return { prefix: setpriv ? [...dieWithParent, '--'] : [] }

  const owner = await unprivilegedOwner()
  const blocked = await firstUnreachable(paths, owner.uid)
  if (!setpriv) {
    if (blocked === undefined) return { owner, prefix: [] }
    throw new LocalStackError(
      'POSTGRES_UNREACHABLE',
      `Postgres does not run as root, and as uid ${owner.uid} it cannot pass through ${blocked}: move the data folder, run as an ordinary user, or install setpriv (util-linux).`,
    )
  }
  const capabilities = blocked === undefined ? '-all' : '-all,+dac_read_search'
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups']
  const grants = [`--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`]
  return { owner, prefix: [...dieWithParent, ...identity, ...grants, '--'] }
}

async function findSetpriv(): Promise<string | undefined> {
  try {
    // BusyBox has a setpriv too, which lacks what is needed here.
    const { stdout } = await promisify(execFile)('setpriv', ['--version'])
    return stdout.includes('util-linux') ? 'setpriv' : undefined
  } catch {
    return undefined
  }
}

async function unprivilegedOwner(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ACCOUNT_NAMES) {
    const account = accounts.find((fields) => fields[0] === name)
    // macOS writes nobody's ids as -2.
    if (account) return { uid: Number(account[2]) >>> 0, gid: Number(account[3]) >>> 0 }
  }
  throw new LocalStackError(
    'POSTGRES_UNREACHABLE',
    `Postgres does not run as root, and /etc/passwd has none of ${ACCOUNT_NAMES.join(', ')}: run as an ordinary user or add an account named postgres.`,
  )
}

async function firstUnreachable(paths: string[], uid: number): Promise<string | undefined> {
  for (const path of paths) {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      const { mode, uid: folderUid } = await stat(folder)
      const needed = folderUid === uid ? EXECUTE_BY_OWNER : EXECUTE_BY_OTHERS
      if ((mode & needed) === 0) return folder
    }
  }
  return undefined
}
