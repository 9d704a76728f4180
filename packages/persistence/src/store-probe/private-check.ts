import { green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import { isTaken } from './probe-keys.ts'
import type { ProbeKeys } from './probe-keys.ts'
import type { ProbeGround } from './probe-ground.ts'

/** Whether an object is read with a key only, also when who put it would have it otherwise. */
export async function checkPrivate(ground: ProbeGround, keys: ProbeKeys): Promise<Finding> {
  const plain = keys.forPut('private')
  isTaken(await keys.send(plain))
  if (await isReadByAnybody(ground, plain.url)) {
    return red(
      'Whoever knows the address of an object reads it, without a key.',
      'Take public access from the bucket: its policy, its access control list, or the public development address of the store.',
    )
  }
  // A header that the key was not signed with. Stores that verify all of a request refuse it.
  const opened = keys.forPut('private-not')
  const isOpened = isTaken(await keys.send(opened, { headers: { 'x-amz-acl': 'public-read' } }))
  if (isOpened && (await isReadByAnybody(ground, opened.url))) {
    return red(
      'Whoever holds a key to write an object can open it to everybody, with a header that was not signed (`x-amz-acl`).',
      'Have the bucket ignore access control lists of objects (`IgnorePublicAcls` of its public access block), or forbid them by its policy.',
    )
  }
  return green('An object is read with a key only, and who puts one cannot open it to everybody.')
}

async function isReadByAnybody(ground: ProbeGround, signedUrl: string): Promise<boolean> {
  const url = new URL(signedUrl)
  url.search = ''
  return isTaken(await ground.fetch(url.href))
}
