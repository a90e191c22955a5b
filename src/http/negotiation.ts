/** Content negotiation: which of the formats that we can make a reader likes best (RFC 9110, section 12.5.1). */

export interface Format<Name extends string> {
  readonly name: Name
  /** Media type without parameters. */
  readonly type: string
}

/**
 * The name of the best format; the first one when the header says nothing or says no preference among the best. Null when none is wanted.
 * A range that is more exact goes before one that is less, whichever stands first.
 */
export function negotiated<Name extends string>(accept: string | undefined, formats: readonly Format<Name>[]): Name | null {
  if (accept === undefined || accept.trim() === '') return formats[0]!.name
  const ranges = accept.split(',', 32).map(rangeOf)
  let best: Name | null = null
  let bestQuality = 0
  for (const { name, type } of formats) {
    const quality = qualityOf(type, ranges)
    if (quality > bestQuality) {
      best = name
      bestQuality = quality
    }
  }
  return best
}

interface Range {
  readonly type: string
  readonly quality: number
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = q === undefined ? 1 : Number(q.slice(2))
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

function qualityOf(type: string, ranges: readonly Range[]): number {
  const [family] = type.split('/')
  for (const wanted of [type, `${family}/*`, '*/*']) {
    const range = ranges.find((one) => one.type === wanted)
    if (range) return range.quality
  }
  return 0
}
