// The text of what runs on the server, each file a chunk of its own: nothing here is executed, and nothing is loaded before it is asked for.
const FILES = import.meta.glob<string>(['../../../server/target/**/*.ts', '../../../server/cluster/*.ts'], {
  query: '?raw',
  import: 'default',
})

const PREFIX = '../../../'

/** The source of a file as it was when the workbench was built. @returns null for a file that is not bundled */
export const readSource = async (file: string): Promise<string | null> => (await FILES[PREFIX + file.replace(/^src\//, '')]?.()) ?? null
