import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BenchRow } from '../bench/bench-row.ts'
import { ROOT } from './paths.ts'

const FOLDER = join(ROOT, 'bench')
const wanted = process.argv.slice(2)

const verdictOf = (row: BenchRow): string => (row.isMet === null ? '' : row.isMet ? 'met' : 'missed')

function table(rows: BenchRow[]): string {
  const lines = rows.map((row) => `| ${row.what} | ${row.value} | ${row.spread} | ${row.target} | ${verdictOf(row)} |`)
  return ['| what | median | lowest to highest | target | |', '|---|---|---|---|---|', ...lines].join('\n')
}

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.slice(0, -'.bench.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
const sections: string[] = []
for (const name of names) {
  process.stderr.write(`${name}...\n`)
  const module: { run(): Promise<BenchRow[]> } = await import(pathToFileURL(join(FOLDER, `${name}.bench.ts`)).href)
  sections.push(`## ${name}\n\n${table(await module.run())}`)
  process.stdout.write(`${sections.at(-1)}\n\n`)
}
if (wanted.length === 0) {
  const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform}-${process.arch}`
  writeFileSync(join(FOLDER, 'results.md'), `# The last run\n\n${machine}. Only ratios travel.\n\n${sections.join('\n\n')}\n`)
}
