import { cpSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// electron-vite reads its compile target from the Electron binary, which may not be there.
process.env['ELECTRON_MAJOR_VER'] ??= '33'

/** Where the lab listens while it is developed; `scripts/dev.ts` tells. */
const CONTROL = `http://127.0.0.1:${process.env['AUTHLAB_DEV_PORT'] ?? 4600}`

const at = (path: string): string => resolve(import.meta.dirname, path)

/** What lies beside the code in the bundle's flat folder; `src/server/assets.ts` looks for it there. */
const copyAssets = {
  name: 'authlab-assets',
  closeBundle(): void {
    cpSync(at('src/server/storage/migrations'), at('out/main/migrations'), { recursive: true })
    cpSync(at('src/server/target/portal'), at('out/main/portal'), { recursive: true })
    cpSync(at('src/server/attacker/page'), at('out/main/attacker-page'), { recursive: true })
    cpSync(at('build/icon.png'), at('out/main/icon.png'))
  },
}

export default defineConfig({
  main: {
    plugins: [copyAssets],
    build: {
      // Every node reads the code anew: less of it is a faster start.
      minify: true,
      rollupOptions: {
        input: {
          main: at('src/main/main.ts'),
          cli: at('src/server/cli.ts'),
          'target-cli': at('src/server/target-cli.ts'),
          'node-worker': at('src/server/cluster/node-worker.ts'),
          'recorder-worker': at('src/server/traffic/recorder-worker.ts'),
          'checkpoint-worker': at('src/server/storage/checkpoint-worker.ts'),
          'snapshot-worker': at('src/server/snapshots/snapshot-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { preload: at('src/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    base: '/',
    plugins: [react()],
    // `npm run dev`: the page comes from Vite, and the control API takes requests of its own origin only.
    server: { proxy: { '/lab': { target: CONTROL, changeOrigin: true, headers: { origin: CONTROL } } } },
    build: { outDir: at('out/renderer'), assetsInlineLimit: 0, minify: true, rollupOptions: { input: at('src/renderer/index.html') } },
  },
})
