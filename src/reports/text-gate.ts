/** The page's account of the gate: what was done to which arm, when, by whom, and on what evidence. Oldest first. */
import type { GateEvidence } from './gate-judge.ts'
import type { GateTest } from './gate-question.ts'
import { countOf, pWords, shareWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import type { GateNote, Report } from './report-shape.ts'
import { harmless, heading, wrapped } from './text-table.ts'
import { confidence, namesOf, quoted } from './verdict-sentences.ts'

const DID: Readonly<Record<GateNote['kind'], string>> = {
  retire: 'retired',
  mask: 'masked',
  promote: 'promoted',
  stop: 'stopped the experiment',
  unmask: 'took back what stood for',
}

export function gateLines({ gate }: Report, paint: Paint): string[] {
  if (gate.length === 0) return []
  return [heading('GATE', 'what it did to the arms by itself, and what people took back', paint), ...gate.flatMap(noteLines)]
}

function noteLines(note: GateNote): string[] {
  const { at, kind, arm, by, stands } = note
  const head = `${at.slice(0, 16).replace('T', ' ')}  ${by === 'gate' ? '' : `${harmless(by)} `}${DID[kind]}${arm === null ? '' : ` ${quoted(arm)}`}`
  const end = kind === 'unmask' || stands ? '' : ' (does not act any more)'
  return [...wrapped(`${head}${end}`, '  '), ...evidenceWords(note.evidence).flatMap((words) => wrapped(words, '      '))]
}

function evidenceWords(evidence: GateNote['evidence']): readonly string[] {
  switch (evidence.kind) {
    case 'tests':
      return (evidence as Extract<GateEvidence, { kind: 'tests' }>).tests.map(testWords)
    case 'no-treatment-left':
      return [`no treatment is left: ${namesOf((evidence as Extract<GateEvidence, { kind: 'no-treatment-left' }>).arms)}`]
    case 'person':
      return [harmless(String(evidence.because))]
    case 'carried':
      return ['masked in the epoch before, and nobody took it back']
    default:
      return []
  }
}

/** "reward of “hybrid” against “popular”: -0.36 per decision (-0.50 to -0.10, 97.5 % at any look), p = 0.0012, of 3,300 decisions" */
function testWords({ of, arm, against, margin, estimate, low, high, level, log10PValue, decisions }: GateTest): string {
  const what = of === 'reward' ? 'reward' : quoted(of)
  const whose = arm === null ? 'what the bandit brought' : quoted(arm)
  const beyond = margin === undefined ? '' : `, beyond the margin of ${shareWords(margin)}`
  const range = `${numberWords(low)} to ${numberWords(high)}, ${confidence(level)} at any look`
  return `${what} of ${whose} against ${quoted(against)}${beyond}: ${numberWords(estimate)} per decision (${range}), p = ${pWords(log10PValue)}, of ${countOf(decisions, 'decision')}`
}

function numberWords(value: number): string {
  return `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`
}
