/** ETags: a revision in quotes. Lost updates are prevented by naming the revision that was read. */
import { Problem } from './problems.ts'

/** The strong ETag of a revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`
}

/** The revision that If-Match names; undefined without the header. Throws `changed-meanwhile` when it names none of ours. */
export function revisionOf(headers: { readonly 'if-match'?: string | undefined }): number | undefined {
  const header = headers['if-match']
  if (header === undefined) return undefined
  const revision = /^\s*"(\d{1,9})"\s*$/.exec(header)?.[1]
  if (revision === undefined)
    throw new Problem('changed-meanwhile', { detail: 'If-Match has to be one ETag as it was given, such as "3".' })
  return Number(revision)
}

/** Whether the reader has this revision already: If-None-Match lists its ETag, weak or strong, or "*". */
export function isKnown(headers: { readonly 'if-none-match'?: string | undefined }, etag: string): boolean {
  const header = headers['if-none-match']
  if (header === undefined) return false
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
}
