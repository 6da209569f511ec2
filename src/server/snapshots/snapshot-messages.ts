import type { SnapshotHead } from '../../contract/snapshot.ts'

/** Versions of the schemas of both databases. */
export interface SchemaVersions {
  readonly target: number
  readonly lab: number
}

/** What is kept beside the databases, as JSON. `keys`: as text, or sealed; null without them. */
export interface SnapshotText {
  readonly parts: string
  readonly keys: string | Uint8Array | null
}

/** What the thread is told. */
export type SnapshotOrder =
  | {
      readonly kind: 'write'
      readonly targetFile: string
      readonly labFile: string
      /** Where to; there is nothing yet. */
      readonly file: string
      /** The counts are the thread's to fill in. */
      readonly head: SnapshotHead
      readonly text: SnapshotText
    }
  | {
      readonly kind: 'open'
      readonly file: string
      /** Where the databases are laid out; there is nothing yet. */
      readonly targetFile: string
      readonly labFile: string
    }
  | {
      readonly kind: 'replace-target'
      readonly targetFile: string
      /** Laid out by `open`. */
      readonly from: string
    }

/** What it answers: what was written, what was opened, or nothing. */
export interface SnapshotAnswers {
  write: SnapshotHead
  open: { readonly head: SnapshotHead; readonly text: SnapshotText }
  'replace-target': null
}

/** A message from the thread. A refusal is about the file, and `message` says what is wrong with it; `no-room`: the disk takes no more. */
export type FromSnapshotThread =
  | { readonly kind: 'done'; readonly answer: SnapshotAnswers[keyof SnapshotAnswers] }
  | { readonly kind: 'refused' | 'no-room' | 'failed'; readonly message: string }
