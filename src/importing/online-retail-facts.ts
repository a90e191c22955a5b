/** What can be counted in Online Retail whatever the rules say, beside the numbers that were published for the file. */
import { detached } from './memory.ts'
import type { Sale } from './online-retail-sale.ts'
import type { Fact } from './preset.ts'

const ROWS = 541_909
const PUBLISHED: Readonly<Record<string, string>> = {
  rows: '541,909',
  invoices: '25,900',
  'stock codes': '4,070',
  customers: '4,372',
  countries: '38',
  'rows without a customer': '135,080',
  'rows with a negative quantity': '10,624',
  'rows of cancellations': '9,288',
  'rows with a price ≤ 0': '2,517',
  'exact duplicates': '5,268',
  'Σ quantity · price': '9,747,747.934',
}
/** Prices have at most three decimals in this file; Σ is kept in thousandths, exactly. */
const SUM_DIGITS = 3

export interface RetailFacts {
  add(sale: Sale, copy: boolean): void
  list(): readonly Fact[]
}

/** Starts counting. */
export function retailFacts(): RetailFacts {
  const invoices = new Set<string>()
  const codes = new Set<string>()
  const customers = new Set<string>()
  const countries = new Set<string>()
  let lastInvoice = ''
  let [rows, nobody, negative, cancelled, free, copies, thousandths] = [0, 0, 0, 0, 0, 0, 0]
  return {
    add(sale, copy) {
      rows++
      codes.add(sale.item.code)
      if (sale.invoice !== lastInvoice) {
        lastInvoice = sale.invoice
        note(invoices, sale.invoice)
        note(countries, sale.country)
        note(customers, sale.customer)
      }
      if (sale.customer === null) nobody++
      if (sale.quantity < 0) negative++
      if (sale.cancelled) cancelled++
      if (sale.price.units <= 0) free++
      if (copy) copies++
      thousandths += Math.round(sale.quantity * sale.price.units * 10 ** (SUM_DIGITS - sale.price.scale))
    },
    list() {
      const counts = {
        rows,
        invoices: invoices.size,
        'stock codes': codes.size,
        customers: customers.size,
        countries: countries.size,
        'rows without a customer': nobody,
        'rows with a negative quantity': negative,
        'rows of cancellations': cancelled,
        'rows with a price ≤ 0': free,
        'exact duplicates': copies,
        'Σ quantity · price': thousandths / 10 ** SUM_DIGITS,
      }
      return Object.entries(counts).map(([name, count]) => ({
        name,
        count: count.toLocaleString('en', { maximumFractionDigits: SUM_DIGITS }),
        published: rows === ROWS ? (PUBLISHED[name] ?? null) : null,
      }))
    },
  }
}

function note(seen: Set<string>, text: string | null): void {
  if (text !== null && !seen.has(text)) seen.add(detached(text))
}
