import { forgetWorkspace } from './workspace.ts'

export type SignInOutcome = 'signed-in' | 'link-invalid' | 'unreachable'

/** Gives the token of a sign-in link away for a session cookie. A token works once. */
export async function signIn(token: string): Promise<SignInOutcome> {
  try {
    const answer = await fetch('/auth/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (answer.ok) return 'signed-in'
    return answer.status >= 500 ? 'unreachable' : 'link-invalid'
  } catch {
    return 'unreachable'
  }
}

/** Leaves the page as a whole, so that nothing of the session stays in memory. */
export async function signOut(): Promise<void> {
  await fetch('/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  forgetWorkspace()
  location.assign('/sign-in')
}
