import { type ImportRequest, importFile } from '../../src/importing/import-file.ts'
import { pseudonym } from './importer.ts'

/** A process that imports one file and says how far it is: `node import-child.ts <url or ''> <request as JSON>`. */

const [, , url = '', json = '{}'] = process.argv
const wishes = JSON.parse(json) as ImportRequest
const request: ImportRequest = { ...wishes, asked: new Map() }

const report = await importFile(request, url === '' ? null : { url, pseudonym }, {
  phase: (name) => process.stdout.write(`phase ${name}\n`),
  at: (_bytes, _total, rows) => process.stdout.write(`rows ${rows}\n`),
})
process.stdout.write(`report ${JSON.stringify({ ...report, rssBytes: process.resourceUsage().maxRSS * 1024 })}\n`)
