/**
 * Where a unimodal function has its bulk: the peak of its logarithm, and the two points where it has dropped too far to matter.
 */
const GOLDEN = (Math.sqrt(5) - 1) / 2

export interface Bulk {
  readonly low: number
  readonly peak: number
  readonly high: number
}

/** Finds the peak of `logf` near `start`, and where it has fallen by `drop` on either side. `scale` is a first guess of the width. */
export function bulkOf(
  logf: (x: number) => number,
  guess: { readonly start: number; readonly scale: number; readonly drop?: number },
): Bulk {
  const { start, scale, drop = 42 } = guess
  const peak = peakNear(logf, start, scale)
  const floor = logf(peak) - drop
  return { low: fallFrom(logf, peak, { step: -scale, floor }), peak, high: fallFrom(logf, peak, { step: scale, floor }) }
}

function peakNear(logf: (x: number) => number, start: number, scale: number): number {
  let step = scale
  let middle = start
  const direction = logf(start + step) > logf(start - step) ? 1 : -1
  for (let k = 0; k < 200 && logf(middle + direction * step) > logf(middle); k++) {
    middle += direction * step
    step *= 2
  }
  let low = middle - step
  let high = middle + step
  for (let k = 0; k < 80; k++) {
    const left = high - GOLDEN * (high - low)
    const right = low + GOLDEN * (high - low)
    if (logf(left) < logf(right)) low = left
    else high = right
  }
  return (low + high) / 2
}

function fallFrom(logf: (x: number) => number, peak: number, { step, floor }: { readonly step: number; readonly floor: number }): number {
  let inside = 0
  let outside = step
  for (let k = 0; k < 200 && logf(peak + outside) > floor; k++) {
    inside = outside
    outside *= 2
  }
  for (let k = 0; k < 20; k++) {
    const middle = (inside + outside) / 2
    if (logf(peak + middle) > floor) inside = middle
    else outside = middle
  }
  return peak + outside
}
