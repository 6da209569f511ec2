import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BenchRow } from '../bench/bench-row.ts'
import { ROOT } from './paths.ts'

const FOLDER = join(ROOT, 'bench')
const RESULTS = join(FOLDER, 'results.md')
const wanted = process.argv.slice(2)

const verdictOf = (row: BenchRow): string => (row.isMet === null ? '' : row.isMet ? 'met' : 'missed')

function table(rows: BenchRow[]): string {
  const lines = rows.map((row) => `| ${row.what} | ${row.value} | ${row.spread} | ${row.target} | ${verdictOf(row)} |`)
  return ['| what | median | lowest to highest | target | |', '|---|---|---|---|---|', ...lines].join('\n')
}

/** What each bench found when it ran last, by its name. */
function lastResults(): Map<string, string> {
  const text = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : ''
  const sections = text.split(/^## /m).slice(1)
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')).trim(), section.slice(section.indexOf('\n')).trim()]))
}

const all = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.slice(0, -'.bench.ts'.length))
const results = lastResults()
for (const name of all.filter((known) => wanted.length === 0 || wanted.includes(known))) {
  process.stderr.write(`${name}...\n`)
  const module: { run(): Promise<BenchRow[]> } = await import(pathToFileURL(join(FOLDER, `${name}.bench.ts`)).href)
  results.set(name, table(await module.run()))
  process.stdout.write(`## ${name}\n\n${results.get(name)}\n\n`)
}
const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform}-${process.arch}`
const sections = all.flatMap((name) => (results.has(name) ? [`## ${name}\n\n${results.get(name)}`] : []))
writeFileSync(RESULTS, `# The last run of each\n\n${machine}. Only ratios travel.\n\n${sections.join('\n\n')}\n`)
