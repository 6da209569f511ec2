import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The workbench alone, for `npm run dev:browser`. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../src/renderer'),
  base: '/',
  plugins: [react()],
  build: { outDir: resolve(import.meta.dirname, '../out/renderer'), emptyOutDir: true, assetsInlineLimit: 0 },
})
