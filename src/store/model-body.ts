/**
 * The bytes of models, in pieces of half a mebibyte: writing and reading one never holds the event loop up for longer than a piece takes.
 *
 *     write: piece after piece, each a statement of its own, where nobody looks ─▶ the caller's row names them, and only then they are a model
 *     read:  piece after piece, copied into one buffer that lies on a multiple of 8
 *
 * Short statements also leave no transaction open that the fold would have to wait for. Pieces that were never named are swept later.
 */
import type pg from 'pg'

export interface ModelName {
  readonly policy: string
  /** Hash of the bytes. */
  readonly version: string
}

export interface ModelBody extends ModelName {
  readonly bytes: Uint8Array
}

const PIECE_BYTES = 524_288

/** A publication takes minutes at most; what was left by one that was cut off is older. */
const LEFTOVERS = `
DELETE FROM model_parts p
WHERE p.written_at < now() - interval '1 hour'
  AND NOT EXISTS (SELECT 1 FROM models m WHERE m.policy = p.policy AND m.version = p.version)`

const WRITE = `
INSERT INTO model_parts (policy, version, part, bytes)
VALUES ($1, $2, $3, $4)
ON CONFLICT (policy, version, part) DO UPDATE SET bytes = excluded.bytes, written_at = now()`

const COUNT =
  'SELECT count(*)::int AS parts, coalesce(sum(octet_length(p.bytes)), 0)::float8 AS bytes FROM model_parts p WHERE p.policy = $1 AND p.version = $2'
const READ = 'SELECT p.bytes FROM model_parts p WHERE p.policy = $1 AND p.version = $2 AND p.part = $3'

/** Writes the pieces of a body. A version is the hash of its bytes, so that writing it again changes nothing. */
export async function writeBody(pool: pg.Pool, { policy, version, bytes }: ModelBody): Promise<void> {
  const pieces = Math.max(1, Math.ceil(bytes.length / PIECE_BYTES))
  for (let part = 0; part < pieces; part++) {
    const piece = bytes.subarray(part * PIECE_BYTES, (part + 1) * PIECE_BYTES)
    await pool.query(WRITE, [policy, version, part, Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)])
  }
}

/** Reads a whole body. Rejects when it is not there any more. */
export async function readBody(pool: Pick<pg.Pool, 'query'>, { policy, version }: ModelName): Promise<ModelBody> {
  const counted = await pool.query<{ parts: number; bytes: number }>(COUNT, [policy, version])
  const { parts, bytes: length } = counted.rows[0]!
  const gone = () => new Error(`The model ${version} of ${policy} was removed while it was read.`)
  if (parts === 0) throw gone()
  const bytes = new Uint8Array(length)
  let at = 0
  for (let part = 0; part < parts; part++) {
    const { rows } = await pool.query<{ bytes: Uint8Array }>(READ, [policy, version, part])
    if (!rows[0] || at + rows[0].bytes.length > length) throw gone()
    bytes.set(rows[0].bytes, at)
    at += rows[0].bytes.length
  }
  return { policy, version, bytes }
}

/** Removes pieces that no version names. */
export async function sweepBodies(pool: pg.Pool): Promise<void> {
  await pool.query(LEFTOVERS)
}
