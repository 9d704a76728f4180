import process from 'node:process'

/** Windows has no groups of processes: there the leader is killed alone. */
export const HAS_GROUPS = process.platform !== 'win32'

/** Kills the leader of a group with all that it has started. That nobody is left is no error. */
export function killGroup(leaderPid: number): void {
  try {
    process.kill(HAS_GROUPS ? -leaderPid : leaderPid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
