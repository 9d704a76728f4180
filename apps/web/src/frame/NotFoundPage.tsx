import { NotFound } from './NotFound.tsx'

/** Without the frame: there may be nobody signed in. */
export function NotFoundPage() {
  return (
    <main>
      <NotFound />
    </main>
  )
}
