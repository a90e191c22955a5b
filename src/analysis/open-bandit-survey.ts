/** The first reading of a log: how many items and positions there are, what each was shown and clicked, and what is wrong with the file. */
import { type ArmSums, openArmSums } from '../bandits/off-policy-model.ts'
import { countOf } from '../reports/number-words.ts'
import { type Fault, openFaults } from './faults.ts'
import { extentOf, type ItemPolicy } from './open-bandit-policy.ts'
import { openBanditReader } from './open-bandit-row.ts'

export interface Survey {
  readonly rows: number
  /** One more than the largest item that was seen. */
  readonly items: number
  /** Rows by position, then by item; an item beyond the end of a list was never shown there. */
  readonly shown: readonly (readonly number[])[]
  /** By fold and item. */
  readonly clicks: ArmSums
}

export interface Surveyor {
  row(cells: readonly string[], line: number): void
  broken(reason: string, line: number): void
  /** Throws a sentence with line numbers when a row could not be read. */
  finish(): Survey
}

/** Opens the first reading. Rows go to the folds in turn. */
export function openSurvey(
  header: readonly string[],
  { policy, folds, commaAllowed }: { readonly policy: ItemPolicy; readonly folds: number; readonly commaAllowed: boolean },
): Surveyor {
  const faults = openFaults()
  const reader = openBanditReader(header, { faults, commaAllowed })
  const extent = extentOf(policy)
  const sums = openArmSums(folds)
  const shown: number[][] = []
  let rows = 0
  let items = 0

  return {
    row(cells, line) {
      if (!reader.read(cells, line)) return
      const { item, position, click } = reader.row
      if (item >= extent.items) faults.add(`item_id outside the ${extent.items} items of the policy`, line)
      if (position >= extent.positions) faults.add(`position outside the ${extent.positions} positions of the policy`, line)
      while (shown.length <= position) shown.push([])
      const counts = shown[position]!
      while (counts.length <= item) counts.push(0)
      counts[item]! += 1
      sums.add({ fold: rows % folds, arm: item, reward: click })
      items = Math.max(items, item + 1)
      rows++
    },
    broken: (reason, line) => faults.add(reason, line),
    finish() {
      const found = faults.list()
      if (found.length > 0) throw new Error(`${found.map(faultSentence).join(' ')} Nothing was estimated.`)
      if (rows === 0) throw new Error('The file has a header and no rows.')
      return { rows, items, shown, clicks: sums.sums() }
    },
  }
}

function faultSentence({ what, count, lines }: Fault): string {
  return `${countOf(count, 'row')} cannot be used: ${what} (line ${lines.join(', ')}${count > lines.length ? ', …' : ''}).`
}
