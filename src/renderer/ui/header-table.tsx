import classes from './header-table.module.css'
import tables from './table.module.css'

interface HeaderTableProps {
  readonly caption: string
  /** Name and value in wire order. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** Class of the accent for headers that carry a credential, by lower-case name. */
  readonly accents: Readonly<Record<string, 'ses' | 'jwt'>>
  /** Said to readers of the highlighted rows, so that the colour is not alone. */
  readonly accentLabel: string
}

/** Headers in the order they were on the wire; those that carry a credential are marked. */
export const HeaderTable = ({ caption, headers, accents, accentLabel }: HeaderTableProps) => (
  <table className={`${tables['table']} ${tables['wire']} ${classes['headers']}`} aria-label={caption}>
    <tbody>
      {headers.map(([name, value], index) => {
        const accent = accents[name.toLowerCase()]
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: headers may repeat and never move.
          <tr key={index} className={accent ? `${accent} ${classes['marked']}` : ''}>
            <th scope="row">
              {name}
              {accent && <span className="sr"> ({accentLabel})</span>}
            </th>
            <td>{value}</td>
          </tr>
        )
      })}
    </tbody>
  </table>
)
