import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where this person's unfinished uploads are noted on this machine; nothing is kept beside their files. XDG's state folder,
 * and what Windows has for it.
 */
export function stateDirOf(environment: NodeJS.ProcessEnv, system: NodeJS.Platform = process.platform): string {
  const own = system === 'win32' ? environment['LOCALAPPDATA'] : environment['XDG_STATE_HOME']
  const usual = system === 'win32' ? ['AppData', 'Local'] : ['.local', 'state']
  return join(own || join(environment['HOME'] || homedir(), ...usual), 'bellhop')
}
