import { implement } from '@orpc/server'
import { contract } from '../../../contract/index.ts'
import type { LabParts } from '../lab-parts.ts'

// The event stream is plain server-sent events (event-stream.ts): it has to stay cheap for thousands of events a second.
// A snapshot is a file that goes through no memory (snapshot-files.ts).
const { events, snapshot, ...operations } = contract

/** Every operation of the contract but the event stream, to be implemented on the parts of one lab. */
export const api = implement(operations).$context<{ lab: LabParts }>()
