import { startRecorder } from '../../src/server/traffic/recorder.ts'

/** Records until it is killed; prints how many exchanges are stored for certain. */
const recorder = await startRecorder({ databaseFile: process.argv[2] ?? '', capacity: 100_000, onChange: () => {} })
for (let count = 1; ; count++) {
  const open = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'POST', path: `/${count}`, rawHeaders: [] })
  open.requestBody(Buffer.alloc(500, 'x'))
  open.responseHead(200, [])
  open.end({ verdict: 'not-auth' })
  if (count % 100 !== 0) continue
  await recorder.summaries({ limit: 1 })
  console.log(count)
}
