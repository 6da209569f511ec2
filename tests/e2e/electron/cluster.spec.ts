import { DRILL_MS, drillCluster } from '../support/cluster-drill.ts'
import { expect, test } from '../support/electron-app.ts'
import { seriousFindings } from '../support/workbench.ts'

test('the desktop app shows a session lost among nodes, kept by stickiness and by a shared store, and a token that needs neither', async ({
  desktop: { page },
}) => {
  test.setTimeout(DRILL_MS)
  await drillCluster(page)
  expect(await seriousFindings(page)).toEqual([])
})
