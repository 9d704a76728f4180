interface ViewStep {
  readonly view: string
  readonly version: number
  readonly changed: boolean
}

/** Tells whether a view has changed since it was last spoken of, over subscriptions that end and begin again. */
export function viewNews(): (step: ViewStep) => boolean {
  const seen = new Map<string, number>()
  return ({ view, version, changed }) => {
    const isNews = changed || (seen.get(view) ?? version) !== version
    seen.set(view, version)
    return isNews
  }
}
