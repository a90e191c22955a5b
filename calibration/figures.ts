/** Figures of the calibration page, drawn as SVG: bars, lines and intervals, legible on light and dark pages. */

const WIDTH = 760
const INK = '#57606a'
export const COLOURS = { good: '#1a7f64', bad: '#c4432b', calm: '#3b6fb6' } as const

export interface Bar {
  readonly label: string
  readonly value: number
  readonly colour: string
}

export interface Line {
  readonly label: string
  readonly points: readonly (readonly [number, number])[]
  readonly colour: string
  /** Dots beside the line, where something was simulated. */
  readonly dots?: readonly (readonly [number, number])[]
}

/** Horizontal bars of shares, with a mark where the claim lies. */
export function barFigure(title: string, bars: readonly Bar[], claim: number): string {
  const left = 250
  const right = WIDTH - 70
  const most = Math.max(claim, ...bars.map((bar) => bar.value)) * 1.05
  const x = (value: number): number => left + ((right - left) * value) / most
  const rows = bars.map(({ label, value, colour }, i) => {
    const y = 46 + 30 * i
    return [
      text(left - 10, y + 14, label, 'end'),
      `<rect x="${left}" y="${y}" width="${round(Math.max(1, x(value) - left))}" height="20" rx="3" fill="${colour}"/>`,
      text(x(value) + 8, y + 14, share(value), 'start'),
    ].join('')
  })
  const bottom = 46 + 30 * bars.length
  const mark = `<line x1="${round(x(claim))}" y1="38" x2="${round(x(claim))}" y2="${bottom}" stroke="${INK}" stroke-dasharray="4 3"/>${text(x(claim), bottom + 16, share(claim), 'middle')}`
  return svg(title, bottom + 30, [...rows, mark])
}

/** Curves over a logarithmic axis of counts. */
export function lineFigure(
  title: string,
  lines: readonly Line[],
  axis: { readonly x: string; readonly ticks: readonly number[]; readonly most: number },
): string {
  const [left, right, top, bottom] = [60, WIDTH - 190, 46, 320]
  const first = Math.log(axis.ticks[0]!)
  const last = Math.log(axis.ticks.at(-1)!)
  const x = (value: number): number => left + ((right - left) * (Math.log(value) - first)) / (last - first)
  const y = (value: number): number => bottom - ((bottom - top) * value) / axis.most
  const grid = Array.from({ length: 5 }, (_, i) => (axis.most * i) / 4).map(
    (value) =>
      `<line x1="${left}" y1="${round(y(value))}" x2="${right}" y2="${round(y(value))}" stroke="${INK}" stroke-opacity="0.25"/>${text(left - 8, y(value) + 4, share(value), 'end')}`,
  )
  const ticks = axis.ticks.map((tick) => text(x(tick), bottom + 18, String(tick), 'middle'))
  const curves = lines.map(({ label, points, colour, dots = [] }) => {
    const path = points.map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${round(x(at))} ${round(y(value))}`).join('')
    const end = points.at(-1)!
    const circles = dots.map(([at, value]) => `<circle cx="${round(x(at))}" cy="${round(y(value))}" r="4" fill="${colour}"/>`).join('')
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${circles}${text(x(end[0]) + 10, y(end[1]) + 4, label, 'start', colour)}`
  })
  return svg(title, bottom + 44, [...grid, ...ticks, text((left + right) / 2, bottom + 36, axis.x, 'middle'), ...curves])
}

/** Columns of a histogram with the height that an even distribution has. */
export function histogramFigure(title: string, shares: readonly number[], label: string): string {
  const [left, right, top, bottom] = [60, WIDTH - 30, 46, 220]
  const even = 1 / shares.length
  const most = Math.max(...shares, even) * 1.15
  const width = (right - left) / shares.length
  const y = (value: number): number => bottom - ((bottom - top) * value) / most
  const columns = shares.map(
    (value, i) =>
      `<rect x="${round(left + i * width + 1)}" y="${round(y(value))}" width="${round(width - 2)}" height="${round(bottom - y(value))}" fill="${COLOURS.calm}"/>`,
  )
  const line = `<line x1="${left}" y1="${round(y(even))}" x2="${right}" y2="${round(y(even))}" stroke="${INK}" stroke-dasharray="4 3"/>`
  return svg(title, bottom + 40, [
    ...columns,
    line,
    text(left, bottom + 18, '0', 'start'),
    text(right, bottom + 18, '1', 'end'),
    text((left + right) / 2, bottom + 32, label, 'middle'),
  ])
}

function svg(title: string, height: number, parts: readonly string[]): string {
  const safe = escaped(title)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${safe}" font-family="system-ui, sans-serif" font-size="13">`,
    `<text x="0" y="20" font-size="15" font-weight="600" fill="${INK}">${safe}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end', fill: string = INK): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escaped(words)}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function share(value: number): string {
  return `${Number((100 * value).toFixed(1))} %`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
