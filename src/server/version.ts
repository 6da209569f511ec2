import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { packageUrl } from './assets.ts'

/** The version of this AuthLab, from its package.json. */
export const readVersion = (): string => z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageUrl(), 'utf8'))).version
