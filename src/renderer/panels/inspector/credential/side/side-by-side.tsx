import { useUi } from '../../../../state/ui-state.ts'
import { useSummary } from '../../../../state/use-lab.ts'
import { carries } from './candidates.ts'
import { JwtColumn } from './jwt-column.tsx'
import { SessionColumn } from './session-column.tsx'
import classes from './side.module.css'
import { type Column, useColumn } from './use-columns.ts'

/** Width of the longest bar, pixels; it fits the narrower column of the narrowest page. */
const LONGEST_BAR = 280

const octetsOf = ({ credential }: Column): number =>
  credential === null ? 0 : credential.kind === 'jwt' ? credential.token.length : credential.value.length

/** A JWT and a session, row by row beside each other; or the one that belongs to the selected request alone. */
export function SideBySide() {
  const { isSideBySide, pasted } = useUi((ui) => ui.credentialView)
  const jwt = useColumn('jwt')
  const session = useColumn('session')
  const selected = useSummary(useUi((ui) => ui.selectedExchange))
  const isSessionAlone = !isSideBySide && pasted === null && selected !== null && carries(selected, 'session')
  const scale = LONGEST_BAR / Math.max(1, pasted === null ? octetsOf(jwt) : pasted.length, octetsOf(session))
  return (
    <div className={`scroll ${classes['columns']}`} data-both={isSideBySide}>
      {!isSessionAlone && <JwtColumn column={jwt} pasted={pasted} scale={scale} />}
      {(isSideBySide || isSessionAlone) && <SessionColumn column={session} scale={scale} />}
    </div>
  )
}
