import { build } from './build-when-stale.ts'

process.exitCode = (await build()) ? 0 : 1
