/** The header of a file: where a column stands. */

/** The place of a column. Throws a sentence for one that is not there or there twice. */
export function columnOf(header: readonly string[], name: string): number {
  const at = header.indexOf(name)
  if (at < 0) throw new Error(`There is no column "${name}". The file has: ${listed(header)}.`)
  if (header.indexOf(name, at + 1) >= 0) throw new Error(`The file has two columns "${name}".`)
  return at
}

const COLUMNS_SHOWN = 40

function listed(header: readonly string[]): string {
  const more = header.length - COLUMNS_SHOWN
  return header.slice(0, COLUMNS_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
