import { defineConfig } from '@playwright/test'

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: '.cache/playwright',
  // Generous: how long a thing takes says more about what else the machine does.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  use: { trace: 'retain-on-failure', viewport: { width: 1440, height: 900 } },
  projects: [
    {
      name: 'browser',
      testDir: 'tests/e2e/browser',
      use: { browserName: 'chromium', launchOptions: { args: CHROMIUM_FLAGS, executablePath: process.env['AUTHLAB_CHROMIUM'] } },
    },
    { name: 'electron', testDir: 'tests/e2e/electron' },
  ],
})
