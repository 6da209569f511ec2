import { expect, test } from '../support/fixtures.ts'
import { inspector, press } from '../support/workbench.ts'

const KINDS = [
  { store: 'sqlite', created: 'Row created', changed: 'Row changed', now: 'The row now', found: 'rows: 1' },
  { store: 'redis', created: 'Hash created', changed: 'Hash changed', now: 'The hash now', found: 'hashes: 1' },
  {
    store: 'memory',
    created: "Object created in this node's memory",
    changed: "Object in this node's memory changed",
    now: 'The object now',
    found: 'objects: 1',
  },
] as const

for (const { store, created, changed, now, found } of KINDS) {
  test(`a session in ${store} has a story and a state in its own words, before and after`, async ({ page, lab }) => {
    await lab.call('PATCH', '/cluster', { store, strategy: 'sticky' })
    await page.goto(lab.ready.workbench)
    const pane = inspector(page)
    await press(page, 'Alice·Laptop', 'Log in')
    await expect(pane).toContainText('POST /session')
    await pane.getByRole('tab', { name: 'State' }).click()
    await expect(pane).toContainText(created)
    await press(page, 'Alice·Laptop', 'Call /me')
    await expect(pane).toContainText('GET /me')
    await expect(pane).toContainText(changed)
    await expect(pane).toContainText(now)
    await expect(pane.getByRole('columnheader')).toContainText(['Field', 'Before', 'After'])
    await expect(pane.getByRole('row').filter({ hasText: 'lastSeenAt' }).first()).toContainText('changed')
    await pane.getByRole('tab', { name: 'Story' }).click()
    await expect(pane).toContainText(`looked up by id, ${found}`)
    await expect(pane).not.toContainText('not used')
  })
}
