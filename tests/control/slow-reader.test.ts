import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import express from 'express'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventLog } from '../../src/server/control/event-log.ts'
import { EventStream } from '../../src/server/control/event-stream.ts'
import { type Listening, listen, stopListening } from '../../src/server/control/listen.ts'

const CAPACITY = 5000

let log: EventLog
let stream: EventStream
let listening: Listening
beforeEach(async () => {
  log = new EventLog(CAPACITY)
  stream = new EventStream(log)
  listening = await listen(express().get('/events', stream.handler), 0)
})
afterEach(async () => {
  stream.close()
  await stopListening(listening)
})

const connections = (): Promise<number> =>
  new Promise((resolve, reject) => listening.server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

/** Connects, waits for the head of the answer and reads no further. */
async function connectAndStall() {
  const socket = connect(listening.port, '127.0.0.1')
  socket.write('GET /events?since=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await once(socket, 'data')
  socket.pause()
  return socket
}

/** @param seen how far the reader is that must not be lost; without it nobody is waited for */
async function publish(count: number, seen = () => Number.POSITIVE_INFINITY): Promise<void> {
  for (let done = 0; done < count; done += 500) {
    for (let index = 0; index < 500; index++) log.publish({ type: 'client-removed', id: `${'x'.repeat(500)}${done + index}` })
    log.flush()
    do await nextTurn()
    while (seen() < log.seq - CAPACITY / 2)
  }
}

test('a reader that stops reading is let go when it has fallen behind the log, and holds nobody up', async () => {
  const stalled = await connectAndStall()
  const awake = await fetch(`http://127.0.0.1:${listening.port}/events?since=0`)
  let seen = 0
  const reading = (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of awake.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        expect(message.startsWith(`id: ${seen + 1}\n`)).toBe(true)
        seen++
      }
      if (seen === 40_000) return seen
    }
    return seen
  })()
  expect(await connections()).toBe(2)
  await publish(40_000, () => seen)
  expect(await reading).toBe(40_000)
  // The server has ended the stalled one: what is left of it is what the two sockets hold.
  stalled.on('error', () => undefined)
  stalled.resume()
  await once(stalled, 'close')
})

test('a reader that comes back after too long is told to read the state again', async () => {
  await publish(CAPACITY + 1000)
  const answer = await fetch(`http://127.0.0.1:${listening.port}/events?since=1`)
  const reader = answer.body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  expect(new TextDecoder().decode(value)).toBe(`id: ${log.seq}\ndata: {"seq":${log.seq},"type":"resync"}\n\n`)
  await reader?.cancel()
})
