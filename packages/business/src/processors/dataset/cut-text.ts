/** At most `chars` code points, the last of them `…` when there were more. */
export function cut(text: string, chars: number): string {
  if (text.length <= chars) return text
  const points = Array.from(text)
  return points.length <= chars ? text : `${points.slice(0, chars - 1).join('')}…`
}

/** SQL: `expression` as text, at most one code point longer than `cut` leaves, so that `cut` can tell. */
export function cutSql(expression: string, chars: number): string {
  return `left(${expression}::varchar, ${chars + 1})`
}
