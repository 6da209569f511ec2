import type { StoredSession } from '../../storage/session-rows.ts'
import type { SessionKey } from '../../storage/sid-key.ts'

/** In place of a row: only the session's data was read, because nobody watches the store. */
export interface RowNotRead {
  hash?: undefined
}

/** What a session object stands for, once it is known to be in the table. */
export interface KnownSession {
  /** The store that knows it. */
  store: object
  sid: string
  place: SessionKey
  /** The row as this object's request last saw it. */
  stored: StoredSession | RowNotRead
  /** Its version as this object's request last saw it; null when that was not read, for the same reason. */
  version: number | null
}

/** Returns what it is given, so that a subclass adds its private field to that object instead of a new one. */
class Adopt {
  constructor(target: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the language's own way to put a private field on an existing object.
    return target
  }
}

/** A private field on the session objects themselves: nothing that walks, copies, compares or serialises them sees it. */
class Mark extends Adopt {
  #known: KnownSession

  constructor(target: object, known: KnownSession) {
    super(target)
    this.#known = known
  }

  static read(target: object): KnownSession | undefined {
    return #known in target ? target.#known : undefined
  }

  static write(target: object, known: KnownSession): void {
    if (#known in target) target.#known = known
    else new Mark(target, known)
  }
}

/** Remembers what an object stands for. A WeakMap would do the same, and cost the garbage collector as much as the lookup itself. */
export const remember = (target: object, known: KnownSession): void => Mark.write(target, known)

/** What an object stands for; undefined when it did not come from a store. */
export const recall = (target: object): KnownSession | undefined => Mark.read(target)
