/**
 * The mapping: which column of the file fills which field. What is not said with --map is recognised by well-known names; every column
 * that nobody reads is named, so that nothing is left out unseen.
 */
import { type Field, fieldsOf, type Kind, plainName } from './fields.ts'

const ATTRIBUTE_NAME_MAX = 64
const ATTRIBUTES_MAX = 64
/** A number, or several with something between them. */
const NO_NAME = /^\d+(?:[.:-]+\d+)*$/
/** So few columns hardly hide a time under another name. */
const TIMELESS_COLUMNS = 3
const ATTRIBUTE_COLUMN = /^attributes?[._](.+)$/i

export interface Mapping {
  readonly kind: 'mapping'
  /** Number of columns of the file. */
  readonly width: number
  /** Field → position of its column. */
  readonly positions: ReadonlyMap<string, number>
  /** Field → name of its column, for people and for the hash. */
  readonly columns: ReadonlyMap<string, string>
  readonly attributes: readonly { readonly name: string; readonly position: number }[]
  /** Columns that nobody reads. */
  readonly unused: readonly string[]
}

export interface Unmappable {
  readonly kind: 'unmappable'
  readonly because: string
}

/** Field → column, as given with --map. */
export type Asked = ReadonlyMap<string, string>

/** Reads "field=column" options; a later one for the same field wins. */
export function askedOf(options: readonly string[]): Asked | Unmappable {
  const asked = new Map<string, string>()
  for (const option of options) {
    const equals = option.indexOf('=')
    if (equals < 1 || equals === option.length - 1) return unmappable(`--map ${option}: write field=column, e.g. --map itemId=StockCode`)
    asked.set(option.slice(0, equals).trim(), option.slice(equals + 1).trim())
  }
  return asked
}

/** Finds a column for every field. */
export function mappingOf(kind: Kind, columns: readonly string[], asked: Asked): Mapping | Unmappable {
  const fields = fieldsOf(kind)
  const positions = new Map<string, number>()
  const attributes = new Map<string, number>()
  for (const [field, column] of asked) {
    const position = positionOf(column, columns)
    if (position === -1) return unmappable(`there is no column "${column}"; the file has ${columns.join(', ')}`)
    if (columns.lastIndexOf(columns[position]!) !== position) return unmappable(`the column "${column}" stands in the header twice`)
    const attribute = kind === 'items' ? ATTRIBUTE_COLUMN.exec(field)?.[1] : undefined
    if (attribute !== undefined) attributes.set(attribute, position)
    else if (fields.some(({ name }) => name === field)) positions.set(field, position)
    else return unmappable(`there is no field "${field}"; ${kind} have ${namesOf(kind, fields)}`)
  }
  const taken = new Set([...positions.values(), ...attributes.values()])
  for (const field of fields) if (!positions.has(field.name)) recognise(field, columns, positions, taken)
  if (kind === 'items') recogniseAttributes(columns, attributes, taken)
  const absent = fields.filter((field) => field.required && !positions.has(field.name)).map(({ name }) => name)
  if (absent.length > 0) return unmappable(absenceOf(absent, columns))
  if (attributes.size > ATTRIBUTES_MAX || [...attributes.keys()].some((name) => name.length > ATTRIBUTE_NAME_MAX))
    return unmappable(`an item has at most ${ATTRIBUTES_MAX} attributes with names of at most ${ATTRIBUTE_NAME_MAX} characters`)
  return {
    kind: 'mapping',
    width: columns.length,
    positions,
    columns: new Map([...positions].map(([field, position]) => [field, columns[position]!])),
    attributes: [...attributes].map(([name, position]) => ({ name, position })),
    unused: columns.filter((_, i) => !taken.has(i)),
  }
}

/** What decides how a row is read, as text with one order: part of the identity of an import. */
export function fingerprintOf(mapping: Mapping): string {
  const pairs = [...mapping.columns, ...mapping.attributes.map(({ name, position }) => [`attributes.${name}`, position] as const)]
  return JSON.stringify(pairs.map(([field, column]) => `${field}=${column}`).sort())
}

/** What is missing, and what to do about it. A first line with a number in it is no header: nobody calls a column 196. */
function absenceOf(absent: readonly string[], columns: readonly string[]): string {
  const missing = `no column was recognised for ${absent.join(' and ')}; the file has ${columns.join(', ')}.`
  if (columns.some((column) => NO_NAME.test(column)))
    return `${missing} That looks like a row, not like names of columns: put a line with names above it, such as unit,itemId,occurredAt`
  const timeless = absent.length === 1 && absent[0] === 'occurredAt' && columns.length <= TIMELESS_COLUMNS
  const said = `${missing} Say it: --map ${absent[0]}=…`
  return timeless ? `${said} Without times nobody can learn from what was before and ask about what came after` : said
}

function recognise(field: Field, columns: readonly string[], positions: Map<string, number>, taken: Set<number>): void {
  const plain = columns.map(plainName)
  for (const name of field.columns) {
    const position = plain.findIndex((column, i) => column === name && !taken.has(i))
    if (position === -1) continue
    positions.set(field.name, position)
    taken.add(position)
    return
  }
}

function recogniseAttributes(columns: readonly string[], attributes: Map<string, number>, taken: Set<number>): void {
  columns.forEach((column, position) => {
    const name = ATTRIBUTE_COLUMN.exec(column)?.[1]
    if (name === undefined || attributes.has(name) || taken.has(position)) return
    attributes.set(name, position)
    taken.add(position)
  })
}

function positionOf(column: string, columns: readonly string[]): number {
  const exact = columns.indexOf(column)
  return exact === -1 ? columns.findIndex((candidate) => plainName(candidate) === plainName(column)) : exact
}

function namesOf(kind: Kind, fields: readonly Field[]): string {
  return [...fields.map(({ name }) => name), ...(kind === 'items' ? ['attributes.<name>'] : [])].join(', ')
}

function unmappable(because: string): Unmappable {
  return { kind: 'unmappable', because }
}
