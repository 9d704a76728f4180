const PRODUCT = 'Bellhop'
let page = ''
let activity: string | null = null

export function setPageTitle(title: string): void {
  page = title
  apply()
}

/** What goes on in this tab takes the place of the page's name, so that it is seen from another tab. */
export function setActivityTitle(title: string | null): void {
  activity = title
  apply()
}

function apply(): void {
  const head = activity ?? page
  document.title = head === '' ? PRODUCT : `${head} – ${PRODUCT}`
}
