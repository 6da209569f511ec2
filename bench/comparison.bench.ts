import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../src/server/config.ts'
import { startLab } from '../src/server/lab.ts'
import { type BenchRow, row } from './bench-row.ts'

const ROUNDS = 5

/** How long a whole comparison takes, all four mechanisms, from the order to the run that is kept; and how many requests that were. */
export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-'))
  const config = parseConfig(['--port', '0', '--balancer-port', '0', '--data-dir', folder], {})
  if (!('dataDir' in config)) throw new Error('These flags start no lab.')
  const lab = await startLab({ ...config, mode: 'browser' })
  const taken: number[] = []
  const sent: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now()
      const response = await fetch(`${lab.apiUrl}/comparison/run`, { method: 'POST', headers: { authorization: `Bearer ${lab.token}` } })
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      const measured = (await response.json()) as { exchanges: number }
      taken.push(performance.now() - startedAt)
      sent.push(measured.exchanges)
    }
  } finally {
    await lab.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return [row('comparison run, 4 mechanisms', taken, ' ms', ['<=', 15_000]), row('requests that it sends', sent, '')]
}
