/** Tells the first start of a subscription from those after a gap, in which something may have been missed. */
export function afterGaps(catchUp: () => void): () => void {
  let started = false
  return () => {
    if (started) catchUp()
    started = true
  }
}
