/** A sentence in which what stands between backticks is code. */
export function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a sentence have no name but their place
      <code key={index} className="font-mono text-[0.92em] wrap-anywhere">
        {part}
      </code>
    ),
  )
}
