/**
 * Seeded chance for simulations: the same seed gives the same draws on every machine.
 *
 * sfc32, a small chaotic generator of 128 bits of state with period of at least 2³², passes the usual batteries and is quick in 32-bit
 * arithmetic. It is for simulations and resampling, not for secrets.
 */
const TWO_53 = 2 ** 53
const WARM_UP = 16

/** A stream of chance; every call moves it on. */
export interface Random {
  /** An integer in [0, 2³²). */
  readonly uint32: () => number
  /** In [0, 1), with 53 bits. */
  readonly uniform: () => number
  /** In (0, 1), never an end: for quantile functions and logarithms. */
  readonly open: () => number
}

/** A stream from a seed (any finite number; its 64 bits count). */
export function randomOf(seed: number): Random {
  const [low, high] = new Uint32Array(new Float64Array([seed]).buffer)
  let a = low! | 0
  let b = high! | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const uint32 = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < WARM_UP; i++) uint32()
  const bits53 = () => (uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)
  return { uint32, uniform: () => bits53() / TWO_53, open: () => (bits53() + 0.5) / TWO_53 }
}
