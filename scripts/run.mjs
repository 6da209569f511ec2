// Plain JavaScript on purpose: it has to say what is missing where TypeScript does not run yet.
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)
const [name, ...rest] = process.argv.slice(2)

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `AuthLab needs Node ${NEEDED.join('.')} or newer to run from source; this is ${process.versions.node}. ` +
      'On Linux and Windows `npm install` (without --omit=optional) brings Node 24 along; elsewhere install Node 24 from https://nodejs.org.\n',
  )
  process.exit(1)
}
const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
process.argv = [process.execPath, script, ...rest]
await import(pathToFileURL(script).href)
