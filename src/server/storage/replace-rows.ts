import Database from 'better-sqlite3'

const quote = (name: string): string => `"${name}"`

/** Takes every row of another schema's tables, whose names begin with the prefix, in the place of those that are here. */
export function copyTables(database: Database.Database, from: string, prefix: string): void {
  const tables = database
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[]
  for (const table of tables) database.exec(`DELETE FROM main.${table}`)
  for (const table of tables) {
    const columns = (database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]).map(quote).join()
    // Triggers have written some rows of an index that is kept by hand already.
    database.exec(`INSERT OR REPLACE INTO main.${table} (${columns}) SELECT ${columns} FROM ${from}.${prefix}${table}`)
  }
}

/** How long the pages of another database wait for a writer of the one that they go to, milliseconds. */
const PATIENCE_MS = 5000

/**
 * Takes a database that has the same tables in the place of one in use, page by page in one transaction, so all or none: half the work of
 * writing the rows of a large one again. Whoever has it open sees it with the next statement.
 * @param from nobody writes it meanwhile
 */
export async function replacePages(file: string, from: string): Promise<void> {
  const source = new Database(from, { readonly: true })
  const giveUpAt = performance.now() + PATIENCE_MS
  try {
    const allAtOnce = ({ totalPages }: Database.BackupMetadata): number => {
      if (performance.now() > giveUpAt) throw new Error(`${file} is locked by another program`)
      return totalPages
    }
    await source.backup(file, { progress: allAtOnce })
  } finally {
    source.close()
  }
}

/** Takes all rows of a database that has the same tables in the place of those of an open one, all or none. */
export function replaceAllRows(database: Database.Database, from: string): void {
  database.prepare('ATTACH ? AS laid_out').run(from)
  try {
    database.transaction(() => copyTables(database, 'laid_out', '')).immediate()
  } finally {
    database.exec('DETACH laid_out')
  }
}
