import Database from 'better-sqlite3'

/** Rows of a table, and octets of their columns as text. */
export interface TableOctets {
  readonly rows: number
  readonly bytes: number
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Counts every table of a database that others are writing: what the columns hold, without what SQLite itself adds. */
export function tableOctets(file: string): Map<string, TableOctets> {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all() as string[]
    return new Map(
      tables.map((table) => {
        const columns = database.pragma(`table_info(${quote(table)})`) as { name: string }[]
        const octets = columns.map(({ name }) => `coalesce(length(CAST(${quote(name)} AS BLOB)), 0)`).join(' + ')
        const sql = `SELECT count(*) AS rows, coalesce(sum(${octets}), 0) AS bytes FROM ${quote(table)}`
        return [table, database.prepare(sql).get() as TableOctets]
      }),
    )
  } finally {
    database.close()
  }
}
