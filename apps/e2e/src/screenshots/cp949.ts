const LEAD = { from: 0x81, to: 0xfe }
const TRAIL = { from: 0x41, to: 0xfe }

/** Korean text in the encoding that spreadsheets of the country still write. Node decodes it but does not encode it. */
export function encodeCp949(text: string): Buffer {
  const table = encodingTable()
  const bytes: number[] = []
  for (const character of text) {
    const pair = table.get(character)
    if (pair !== undefined) bytes.push(...pair)
    else bytes.push(character.charCodeAt(0))
  }
  return Buffer.from(bytes)
}

function encodingTable(): Map<string, readonly [number, number]> {
  const decoder = new TextDecoder('euc-kr')
  const table = new Map<string, readonly [number, number]>()
  for (let lead = LEAD.from; lead <= LEAD.to; lead += 1) {
    for (let trail = TRAIL.from; trail <= TRAIL.to; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail))
      // What is no pair decodes to two characters, or to the mark of a fault; none of these lies outside the first plane.
      if (character.length === 1 && character !== '\ufffd') table.set(character, [lead, trail])
    }
  }
  return table
}
