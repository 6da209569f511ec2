import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestHandler } from 'express'

const TYPES = { 'index.html': 'html', 'portal.css': 'css', 'portal.js': 'js' } as const

/** One file of the portal page, read once. */
export const portalFile = (portalDir: string, name: keyof typeof TYPES): RequestHandler => {
  const contents = readFileSync(join(portalDir, name), 'utf8')
  return (_request, response) => {
    response.type(TYPES[name]).send(contents)
  }
}
