/** Where a text stops being JSON. V8 says so in most of its messages; where it does not, the tokens are counted off. */

const POSITION = /at position (\d+)/
const TOKEN = /[\t\n\r ]*(?:("[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null)|([{}[\],:]))/y

/** The offset of the first character that cannot stand where it does; the length of the text when it ends too early. */
export function jsonFaultAt(text: string, error: Error): number {
  const said = POSITION.exec(error.message)?.[1]
  if (said !== undefined) return Number(said)
  return error.message.startsWith('Unexpected end') ? text.length : unexpectedTokenAt(text)
}

/** V8 keeps silent about the position of a token that stands where a value should. */
function unexpectedTokenAt(text: string): number {
  let last = ''
  for (let at = 0; ; at = TOKEN.lastIndex) {
    const start = at + /^[\t\n\r ]*/.exec(text.slice(at))![0].length
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) return start
    const isValue = match[1] !== undefined || match[2] === '{' || match[2] === '['
    const closesEmpty = (last === '[' && match[2] === ']') || (last === '{' && match[2] === '}')
    if (wantsValue(last) && !isValue && !closesEmpty) return start
    last = match[2] ?? 'value'
  }
}

function wantsValue(last: string): boolean {
  return last === '' || last === '[' || last === ',' || last === ':'
}
