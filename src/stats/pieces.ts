/**
 * Long work in pieces: a generator that stops between two of them, so that whoever conducts it may let others have their turn.
 *
 *     atOnce(work)      here, without a stop          the shell runs a piece, waits a turn of its loop, and goes on
 *
 * Where it stops has no part in what it finds: the same bits either way.
 */
export type Pieces<Result> = Generator<void, Result, void>

/** Runs it to its end. */
export function atOnce<Result>(work: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
