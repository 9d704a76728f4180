let wanted = false

/** The next page title that appears takes the focus. */
export function focusNextTitle(): void {
  wanted = true
}

export function takeFocusOnce(): boolean {
  const take = wanted
  wanted = false
  return take
}
