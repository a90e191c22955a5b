/**
 * Two objectives of a bandit as a picture: a dot an arm, its intervals as a cross, and the line of those that some weighting would choose.
 *
 * Plain SVG 1.1 with nothing to load; labels are text, and colours keep 4.5 : 1 on white.
 */
import type { BanditState, BelievedArm, BelievedValue } from './bandit-state-shape.ts'
import { valueWords, type Wording, wordingFor } from './number-words.ts'
import type { Measure } from './report-shape.ts'

const WIDTH = 640
const HEIGHT = 460
const EDGE = { left: 92, right: 36, top: 52, bottom: 64 } as const
const INK = '#1f2937'
const FAINT = '#6b7280'
const GRID = '#e5e7eb'
const BAR = '#93b4e8'
const DOT = '#1d4ed8'

interface Point {
  readonly arm: BelievedArm
  readonly x: BelievedValue
  readonly y: BelievedValue
}

interface Axis {
  readonly low: number
  readonly high: number
  readonly wording: Wording
}

/** Null with fewer than two objectives, or while nothing is known. */
export function banditStateSvg({ experiment, slider, arms, metrics }: BanditState): string | null {
  if (!slider) return null
  const points = arms.flatMap((arm): Point[] => {
    const [x, y] = [arm.values[slider.first], arm.values[slider.second]]
    return x && y ? [{ arm, x, y }] : []
  })
  if (points.length === 0) return null
  const axis = (name: string, values: readonly BelievedValue[]) => axisOf(metrics.find(({ metric }) => metric === name)!.measure, values)
  const [across, up] = [
    axis(
      slider.first,
      points.map(({ x }) => x),
    ),
    axis(
      slider.second,
      points.map(({ y }) => y),
    ),
  ]
  const at = ({ x, y }: Point) => [xOf(x.mean, across), yOf(y.mean, up)] as const
  const chosen = slider.steps.flatMap((step) => points.filter(({ arm }) => arm.arm === step.arm)).map(at)
  const title = `${experiment}: ${slider.first} and ${slider.second} per decision`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600" fill="${INK}">${escaped(title)}</text>`,
    ...grid(across, up),
    `<text x="${(EDGE.left + WIDTH - EDGE.right) / 2}" y="${HEIGHT - 16}" text-anchor="middle" fill="${INK}">${escaped(slider.first)}</text>`,
    `<text x="20" y="${(EDGE.top + HEIGHT - EDGE.bottom) / 2}" text-anchor="middle" transform="rotate(-90 20 ${(EDGE.top + HEIGHT - EDGE.bottom) / 2})" fill="${INK}">${escaped(slider.second)}</text>`,
    ...points.map(({ x, y }) => cross(x, y, { across, up })),
    `<polyline points="${chosen.map(([x, y]) => `${x},${y}`).join(' ')}" fill="none" stroke="${DOT}" stroke-dasharray="4 3"/>`,
    ...points.map((point) => dot(point, at(point))),
    '</svg>',
  ].join('\n')}\n`
}

const TICKS = 4

function grid(across: Axis, up: Axis): readonly string[] {
  return Array.from({ length: TICKS + 1 }, (_, i) => {
    const [vx, vy] = [across.low + (i / TICKS) * (across.high - across.low), up.low + (i / TICKS) * (up.high - up.low)]
    const [x, y] = [xOf(vx, across), yOf(vy, up)]
    return [
      `<line x1="${x}" y1="${EDGE.top}" x2="${x}" y2="${HEIGHT - EDGE.bottom}" stroke="${GRID}"/>`,
      `<line x1="${EDGE.left}" y1="${y}" x2="${WIDTH - EDGE.right}" y2="${y}" stroke="${GRID}"/>`,
      `<text x="${x}" y="${HEIGHT - EDGE.bottom + 18}" text-anchor="middle" font-size="12" fill="${FAINT}">${escaped(valueWords(vx, across.wording))}</text>`,
      `<text x="${EDGE.left - 8}" y="${y + 4}" text-anchor="end" font-size="12" fill="${FAINT}">${escaped(valueWords(vy, up.wording))}</text>`,
    ].join('')
  })
}

function cross(x: BelievedValue, y: BelievedValue, { across, up }: { readonly across: Axis; readonly up: Axis }): string {
  const [cx, cy] = [xOf(x.mean, across), yOf(y.mean, up)]
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${BAR}" stroke-width="4"/>`
  return line(xOf(x.low, across), cy, xOf(x.high, across), cy) + line(cx, yOf(y.low, up), cx, yOf(y.high, up))
}

function dot({ arm }: Point, [x, y]: readonly [number, number]): string {
  const name = `${arm.arm}${arm.control ? ' (control)' : ''}${arm.dominated ? ', dominated' : ''}`
  const isRight = x > WIDTH * 0.7
  return `<circle cx="${x}" cy="${y}" r="5" fill="${arm.dominated ? FAINT : DOT}"/><text x="${isRight ? x - 10 : x + 10}" y="${y - 10}" text-anchor="${isRight ? 'end' : 'start'}" fill="${INK}" paint-order="stroke" stroke="#ffffff" stroke-width="3">${escaped(name)}</text>`
}

/** Room for all intervals, and a little more. */
function axisOf(measure: Measure, values: readonly BelievedValue[]): Axis {
  const [least, most] = [Math.min(...values.map(({ low }) => low)), Math.max(...values.map(({ high }) => high))]
  const room = (most - least || Math.abs(most) || 1) * 0.08
  return { low: least - room, high: most + room, wording: wordingFor(measure, (most - least) / 10, 2) }
}

function xOf(value: number, { low, high }: Axis): number {
  return Number((EDGE.left + ((value - low) / (high - low)) * (WIDTH - EDGE.left - EDGE.right)).toFixed(1))
}

function yOf(value: number, { low, high }: Axis): number {
  return Number((HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom)).toFixed(1))
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
