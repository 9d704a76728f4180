/** Characters that stay at the end: the extension, and what tells two versions apart. */
const TAIL_CHARS = 9

/** A name on one line, cut in its middle, so that its extension stays in sight. It is read aloud whole. */
export function MiddleEllipsis({ text }: { readonly text: string }) {
  const chars = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
  const head = chars.slice(0, -TAIL_CHARS).join('')
  const tail = chars.slice(-TAIL_CHARS).join('')
  return (
    <>
      <span className="sr-only">{text}</span>
      <span aria-hidden title={text} className="flex min-w-0 whitespace-pre">
        {head !== '' && <span className="overflow-hidden text-ellipsis">{head}</span>}
        <span className={head === '' ? 'overflow-hidden text-ellipsis' : 'shrink-0'}>{tail}</span>
      </span>
    </>
  )
}
