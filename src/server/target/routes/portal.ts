import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { RequestHandler } from 'express'
import type { TargetParts } from '../parts.ts'

/** Where the page has room for {@link TargetParts.portalNotice}. */
const NOTICE_PLACE = '<!-- notice -->'

/** The files of the portal page, read once, by the path that they are asked for under. */
export const portalFiles = (
  portalDir: string,
  { portalFiles: files, portalNotice }: TargetParts,
): [path: string, answer: RequestHandler][] =>
  Object.entries(files).map(([path, file]) => {
    const contents = readFileSync(join(portalDir, file), 'utf8').replace(NOTICE_PLACE, () => portalNotice)
    return [path, (_request, response) => void response.type(extname(file)).send(contents)]
  })
