// The registry's Electron has no default app: this one runs `electron [switches] <folder> [flags]` as stock Electron does.
const { app } = require('electron')
const { readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const at = process.argv.findIndex((argument, index) => index > 0 && !argument.startsWith('-'))
if (at < 0) {
  process.stderr.write('usage: electron <folder of an app>\n')
  app.exit(2)
}
const folder = resolve(process.argv[at])
process.argv = [process.argv[0], folder, ...process.argv.slice(at + 1)]
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })

const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
app.setAppPath(folder)
app.setName(manifest.productName ?? manifest.name)
app.setVersion(manifest.version)
app.setPath('userData', join(app.getPath('appData'), app.getName()))
module.exports = import(pathToFileURL(join(folder, manifest.main)).href).catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  app.exit(1)
})
