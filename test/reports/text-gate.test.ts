import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import type { GateNote } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { widthOf } from '../../src/reports/text-table.ts'
import { SOURCE } from './sample.ts'

const test = {
  ...{ of: 'reward', arm: 'hybrid', against: 'popularity', estimate: -0.3612, low: -0.5, high: -0.1, log10EValue: 3, pValue: 0.001 },
  ...{ log10PValue: -3, level: 0.975, comparisons: 2, decisions: 3300, decisionsLeftOut: 0, conversionsExpected: 40, direction: 'below' },
}
const note = (id: number, change: Partial<GateNote>): GateNote => ({
  ...{ id, at: '2026-11-20T10:00:01.000Z', kind: 'retire', arm: 'hybrid', by: 'gate', undoes: null, stands: false },
  evidence: { kind: 'tests', tests: [test] },
  ...change,
})
const page = (gate: readonly GateNote[]) => reportText(reportOf({ ...SOURCE, gate }))

describe('the page of a report', () => {
  it('says nothing of a gate that did nothing', () => {
    expect(page([])).not.toContain('GATE')
  })

  it('tells what was done, by whom and on what evidence, and whether it still acts', () => {
    const text = page([
      note(1, {}),
      note(2, { kind: 'unmask', by: 'Ada\u001b[2J', undoes: 1, evidence: { kind: 'person', because: 'the parcel service' } }),
      note(3, { kind: 'mask', stands: true, evidence: { kind: 'tests', tests: [{ ...test, of: 'kept', margin: 0.02 }] } }),
      note(4, { kind: 'stop', arm: null, stands: true, evidence: { kind: 'no-treatment-left', arms: ['hybrid'] } }),
      note(5, { kind: 'mask', stands: true, evidence: { kind: 'carried', from: 3 } }),
      note(6, { kind: 'stop', arm: null, stands: true, evidence: { kind: 'tests', tests: [{ ...test, arm: null }] } }),
    ])
    const words = text.replaceAll(/\s+/g, ' ')
    expect(words).toContain('2026-11-20 10:00 retired “hybrid” (does not act any more)')
    expect(words).toContain(
      'reward of “hybrid” against “popularity”: -0.361 per decision (-0.5 to -0.1, 97.5 % at any look), p = 0.001, of 3,300 decisions',
    )
    expect(words).toContain('took back what stood for “hybrid” the parcel service')
    expect(text).not.toContain('\u001b')
    expect(words).toContain('“kept” of “hybrid” against “popularity”, beyond the margin of 2.0 %')
    expect(words).toContain('stopped the experiment no treatment is left: “hybrid”')
    expect(words).toContain('masked in the epoch before, and nobody took it back')
    expect(words).toContain('reward of what the bandit brought against “popularity”')
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100)
  })
})
