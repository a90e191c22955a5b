/** How parts of a page are set off: not at all in a file, in colours on a terminal. */

export interface Paint {
  readonly strong: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly wait: (text: string) => string
  readonly faint: (text: string) => string
}

const same = (text: string): string => text
export const PLAIN: Paint = { strong: same, good: same, bad: same, wait: same, faint: same }

/** SGR sequences of ECMA-48, which every terminal knows. */
export const COLOURS: Paint = { strong: sgr(1), good: sgr(32), bad: sgr(31), wait: sgr(33), faint: sgr(2) }

function sgr(code: number): (text: string) => string {
  return (text) => `\u001b[${code}m${text}\u001b[0m`
}
