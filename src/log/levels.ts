/** Maps in maps: a key of several parts without writing it as a text for every row. */

/** What lies under a part of a key; made when it is met first. */
export function under<Key, Below>(map: Map<Key, Below>, part: Key, open: () => Below): Below {
  const known = map.get(part)
  if (known !== undefined) return known
  const fresh = open()
  map.set(part, fresh)
  return fresh
}

/** For `under`: another level; what it maps is said by the level above. */
// biome-ignore lint/suspicious/noExplicitAny: the level above has the type.
export function level(): Map<any, any> {
  return new Map()
}
