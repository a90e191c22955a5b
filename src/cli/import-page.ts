/** What an import did, as a page of text: every row is in the table, and the table adds up. */
import { basename } from 'node:path'
import type { ImportReport } from '../importing/import-file.ts'
import { presets } from '../importing/presets.ts'
import { REASONS } from '../importing/refusal.ts'
import { pad, widthOf } from '../reports/text-table.ts'

const RULES: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(presets).map(({ rules }) => rules))

/** The page; lines without a newline at the end. */
export function importPage(report: ImportReport): string {
  return [
    headline(report),
    '',
    ...indented(rowsOf(report)),
    ...section(`Fields`, mappingLines(report)),
    ...section('The file as a whole', factLines(report)),
    ...section(
      'Note',
      report.remarks.map((remark) => `  ${remark}`),
    ),
  ].join('\n')
}

function headline({ status, path, kind, read, seconds, rowsPerSecond, continuedFrom }: ImportReport): string {
  const name = basename(path)
  const pace = `${number(read)} rows in ${seconds.toFixed(1)} s, ${number(Math.round(rowsPerSecond))} rows/s`
  switch (status) {
    case 'already-imported':
      return `${name} is imported already, with the same mapping. Nothing was changed. It had ${number(read)} rows:`
    case 'dry-run':
      return `${name} was checked as ${kind}, nothing was written: ${pace}.`
    case 'imported':
      return `${name} was imported as ${kind}: ${pace}${continuedFrom > 0 ? `, going on behind line ${number(continuedFrom)}` : ''}.`
  }
}

type Line = readonly [label: string, count: number, means: string]

function rowsOf({ status, read, accepted, refused, skipped, notes, items, refusedFile }: ImportReport): Line[] {
  const because = (count: number, name: string, means: string | undefined): Line => [`  ${name}`, count, means ?? '']
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0)
  return [
    ['rows read', read, ''],
    ['accepted', accepted, ''],
    ...byCount(notes).map(([note, n]) => because(n, `of these ${note}`, '')),
    ['skipped by a rule', total(skipped), ''],
    ...byCount(skipped).map(([rule, n]) => because(n, rule, RULES[rule])),
    ['refused', total(refused), refusedFile === null ? '' : `see ${refusedFile}`],
    ...byCount(refused).map(([reason, n]) => because(n, reason, (REASONS as Readonly<Record<string, string>>)[reason])),
    ...(status === 'imported' ? [['items added', items.itemsAdded, ''] as const, ['items changed', items.itemsChanged, ''] as const] : []),
  ]
}

function byCount(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort((a, b) => b[1] - a[1])
}

function indented(lines: readonly Line[]): string[] {
  const labels = Math.max(...lines.map(([label]) => widthOf(label)))
  const counts = Math.max(...lines.map(([, count]) => number(count).length))
  return lines.map(([label, count, means]) => `  ${pad(label, labels, 'left')}  ${pad(number(count), counts, 'right')}  ${means}`.trimEnd())
}

function mappingLines({ columns, unused }: ImportReport): string[] {
  const lines = Object.entries(columns).map(([field, column]) => `  ${field} ← ${column}`)
  return unused.length === 0 ? lines : [...lines, `  not read: ${unused.join(', ')}`]
}

function factLines({ facts }: ImportReport): string[] {
  const names = Math.max(0, ...facts.map(({ name }) => widthOf(name)))
  const counts = Math.max(0, ...facts.map(({ count }) => widthOf(count)))
  return facts.map(({ name, count, published }) => {
    const against = published === null ? '' : published === count ? 'as published' : `PUBLISHED: ${published}`
    return `  ${pad(name, names, 'left')}  ${pad(count, counts, 'right')}  ${against}`.trimEnd()
  })
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function number(value: number): string {
  return value.toLocaleString('en')
}
