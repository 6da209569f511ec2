import { expect } from 'vitest'
import { LabEvent } from '../../src/contract/events.ts'
import type { TestLab } from './start-lab.ts'

/** Reads events after `since` until one satisfies `isLast`, then leaves. */
export async function readEvents({ lab }: TestLab, since: number | null, isLast: (event: LabEvent) => boolean): Promise<LabEvent[]> {
  const query = since === null ? '' : `?since=${since}`
  const headers = { Authorization: `Bearer ${lab.token}` }
  const response = await fetch(`${lab.apiUrl}/events${query}`, { headers })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const events: LabEvent[] = []
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages.filter((one) => one.startsWith('id: '))) {
      const [id, data] = message.split('\n')
      const event = LabEvent.parse(JSON.parse(data?.slice('data: '.length) ?? ''))
      expect(id).toBe(`id: ${event.seq}`)
      events.push(event)
      // Leaving the loop ends the connection.
      if (isLast(event)) return events
    }
  }
  return events
}
