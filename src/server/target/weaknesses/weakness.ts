import type { WeaknessId } from '../../../contract/weaknesses.ts'
import type { TargetParts } from '../parts.ts'

/**
 * A deliberate flaw: naive parts that take the place of sound ones where the app is composed. The sound code knows nothing of it, so that each
 * can be read, compared and deleted on its own (docs/decisions/0006).
 */
export interface Weakness {
  readonly id: WeaknessId
  /** What the portal's own page says while it is on. */
  readonly notice: { readonly en: string; readonly zh: string }
  /** The naive parts, made of those that would be there without it. */
  naive(parts: TargetParts): Partial<TargetParts>
}
