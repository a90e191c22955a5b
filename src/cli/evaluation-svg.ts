/**
 * An evaluation as a drawing: NDCG@10 of every policy, a dot for the estimate and a bar for its interval, protocol by protocol on one scale.
 *
 * Plain SVG 1.1 with nothing to load. Labels are text, so that they can be searched and read out; colours keep 4.5 : 1 on white.
 */
import type { Evaluation, PolicyResult, ProtocolResult } from '../evaluation/evaluation-shape.ts'
import { isUnknown } from '../stats/estimate.ts'

const WIDTH = 760
const LEFT = 220
const RIGHT = 84
const ROW = 26
const TITLE = 44
const PANEL_HEAD = 34
const AXIS = 34
const TICKS_ABOUT = 6
const INK = '#1f2937'
const FAINT = '#6b7280'
const GRID = '#e5e7eb'
const BAR = '#93b4e8'
const DOT = '#1d4ed8'
const BASELINE = '#6b7280'
const NAMES = { 'new-items': 'New items only', 'all-purchases': 'All purchases', baskets: 'Baskets, one item taken out' } as const

/** Draws the evaluation; the text of an SVG file. */
export function evaluationSvg({ protocols, level }: Evaluation): string {
  const shown = protocols.filter(({ policies }) => policies.length > 0)
  const scale = scaleOf(shown)
  const height = TITLE + shown.reduce((sum, { policies }) => sum + panelHeight(policies.length), 0)
  let top = TITLE
  const panels = shown.map((protocol) => {
    const drawn = panel(protocol, top, scale)
    top += panelHeight(protocol.policies.length)
    return drawn
  })
  const title = `NDCG@10 with ${Math.round(level * 100)} % intervals`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="28" font-size="16" font-weight="600" fill="${INK}">${title}</text>`,
    ...panels,
    '</svg>',
  ].join('\n')}\n`
}

interface Scale {
  readonly most: number
  readonly step: number
}

function panelHeight(rows: number): number {
  return PANEL_HEAD + rows * ROW + AXIS
}

function panel({ name, asked, of, policies }: ProtocolResult, top: number, scale: Scale): string {
  const bottom = top + PANEL_HEAD + policies.length * ROW
  return [
    `<text x="16" y="${top + 20}" font-weight="600" fill="${INK}">${NAMES[name]} <tspan font-weight="400" fill="${FAINT}">${asked.toLocaleString('en')} ${of}</tspan></text>`,
    ...ticksOf(scale).map((tick) => {
      const x = xOf(tick, scale)
      return `<line x1="${x}" y1="${top + PANEL_HEAD}" x2="${x}" y2="${bottom}" stroke="${GRID}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle" font-size="12" fill="${FAINT}">${tickText(tick)}</text>`
    }),
    ...policies.map((policy, row) => bar(policy, top + PANEL_HEAD + (row + 0.5) * ROW, scale)),
  ].join('\n')
}

function bar({ policy, metrics, interval, against }: PolicyResult, y: number, scale: Scale): string {
  const estimate = metrics['ndcg@10']
  const ends = interval['ndcg@10']
  const x = xOf(estimate, scale)
  const span = isUnknown(ends)
    ? ''
    : `<rect x="${xOf(ends.low, scale)}" y="${y - 5}" width="${(xOf(ends.high, scale) - xOf(ends.low, scale)).toFixed(1)}" height="10" rx="3" fill="${BAR}"/>`
  return [
    `<g><text x="${LEFT - 12}" y="${y + 4}" text-anchor="end" fill="${INK}">${escaped(policy)}${against === null ? ' (baseline)' : ''}</text>`,
    span,
    `<circle cx="${x}" cy="${y}" r="4.5" fill="${against === null ? BASELINE : DOT}"/>`,
    `<text x="${WIDTH - 16}" y="${y + 4}" text-anchor="end" fill="${INK}">${estimate.toFixed(3)}</text></g>`,
  ].join('')
}

/** One scale from 0 for all panels, so that lengths can be compared. */
function scaleOf(protocols: readonly ProtocolResult[]): Scale {
  const most = Math.max(
    0.01,
    ...protocols.flatMap(({ policies }) =>
      policies.map(({ metrics, interval }) => {
        const ends = interval['ndcg@10']
        return isUnknown(ends) ? metrics['ndcg@10'] : ends.high
      }),
    ),
  )
  const rough = most / TICKS_ABOUT
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!
  return { most: Math.ceil(most / step) * step, step }
}

function ticksOf({ most, step }: Scale): readonly number[] {
  return Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step)
}

function tickText(tick: number): string {
  return String(Number(tick.toPrecision(6)))
}

function xOf(value: number, { most }: Scale): number {
  return Number((LEFT + (value / most) * (WIDTH - LEFT - RIGHT)).toFixed(1))
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
