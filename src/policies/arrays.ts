/**
 * Named typed arrays in one block of bytes: the body of every model.
 *
 *     0  magic "CRPM"     4  format version     8  checksum of all that follows byte 12     12  length of the directory
 *    16  directory: JSON in ASCII, { kind, arrays: [[name, type, length], …] }              then the arrays, each on a multiple of 8
 *
 * Opening copies nothing when the bytes lie on a multiple of 8. Words are little-endian, as on every machine Node 24 runs on but s390x.
 * The checksum is there for torn writes and flipped bits, not for forgers: the store names bodies by their SHA-256.
 */
import { assert } from '../stats/assert.ts'

const MAGIC = 0x4d505243
const FORMAT = 1
const HEAD_BYTES = 16
const CHECKED_FROM = 12

const TYPES = { i32: Int32Array, f32: Float32Array, f64: Float64Array, u8: Uint8Array } as const
type TypeName = keyof typeof TYPES
type ArrayOf = { i32: Int32Array; f32: Float32Array; f64: Float64Array; u8: Uint8Array }
export type Packable = ArrayOf[TypeName]

interface Directory {
  readonly kind: string
  readonly arrays: readonly (readonly [name: string, type: TypeName, length: number])[]
}

/** The arrays of a body by name; each getter throws when there is no such array of that type. */
export interface NamedArrays {
  readonly int32: (name: string) => Int32Array
  readonly float32: (name: string) => Float32Array
  readonly float64: (name: string) => Float64Array
  readonly uint8: (name: string) => Uint8Array
  /** Whether there is an array of that name: bodies of an earlier release may lack one. */
  readonly has: (name: string) => boolean
}

/** Packs arrays under the name of a kind. The same arrays in the same order give the same bytes. */
export function packArrays(kind: string, arrays: Readonly<Record<string, Packable>>): Uint8Array {
  const entries = Object.entries(arrays)
  const directory: Directory = { kind, arrays: entries.map(([name, array]) => [name, typeOf(array), array.length]) }
  const text = JSON.stringify(directory)
  let size = padded(HEAD_BYTES + text.length)
  for (const [, array] of entries) size += padded(array.byteLength)
  const bytes = new Uint8Array(size)
  for (let i = 0; i < text.length; i++) bytes[HEAD_BYTES + i] = text.charCodeAt(i)
  let at = padded(HEAD_BYTES + text.length)
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at += padded(array.byteLength)
  }
  const head = new Uint32Array(bytes.buffer, 0, 4)
  head[0] = MAGIC
  head[1] = FORMAT
  head[3] = text.length
  head[2] = checksum(bytes)
  return bytes
}

/** Opens a body of a kind. Throws a plain sentence when the bytes are not one. */
export function openArrays(given: Uint8Array, kind: string): NamedArrays {
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice()
  const directory = directoryOf(bytes, kind)
  const arrays = new Map<string, Packable>()
  let at = padded(HEAD_BYTES + new Uint32Array(bytes.buffer, bytes.byteOffset, 4)[3]!)
  for (const [name, type, length] of directory.arrays) {
    const array = new TYPES[type](bytes.buffer as ArrayBuffer, bytes.byteOffset + at, length)
    arrays.set(name, array)
    at += padded(array.byteLength)
  }
  const get = <T extends TypeName>(type: T, name: string): ArrayOf[T] => {
    const array = arrays.get(name)
    assert(array !== undefined && typeOf(array) === type, `The model of kind ${kind} holds no ${type} array "${name}".`)
    return array as ArrayOf[T]
  }
  return {
    has: (name) => arrays.has(name),
    int32: (name) => get('i32', name),
    float32: (name) => get('f32', name),
    float64: (name) => get('f64', name),
    uint8: (name) => get('u8', name),
  }
}

function directoryOf(bytes: Uint8Array, kind: string): Directory {
  assert(bytes.byteLength >= HEAD_BYTES && bytes.byteLength % 8 === 0, 'The model body is corrupt: it is cut off.')
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, 4)
  assert(head[0] === MAGIC, 'The model body is corrupt: it does not begin like one.')
  assert(head[1] === FORMAT, `The model body has format ${head[1]}, this build reads format ${FORMAT}.`)
  assert(head[2] === checksum(bytes), 'The model body is corrupt: its checksum differs.')
  let text = ''
  for (let i = 0; i < head[3]!; i++) text += String.fromCharCode(bytes[HEAD_BYTES + i]!)
  const directory = JSON.parse(text) as Directory
  assert(directory.kind === kind, `The model body is of kind ${directory.kind}, not ${kind}.`)
  return directory
}

function typeOf(array: Packable): TypeName {
  if (array instanceof Int32Array) return 'i32'
  if (array instanceof Float32Array) return 'f32'
  return array instanceof Float64Array ? 'f64' : 'u8'
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}

/** A multiplicative hash of the 32-bit words: a gigabyte a second, so that opening a model does not stall a request. */
function checksum(bytes: Uint8Array): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + CHECKED_FROM, (bytes.byteLength - CHECKED_FROM) >>> 2)
  let hash = words.length
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash >>> 0
}
