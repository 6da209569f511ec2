import { expect, test } from 'vitest'
import { layOver } from '../../src/server/clients/request-headers.ts'

test('a header that is given replaces the client’s own, whatever its case', () => {
  expect(
    layOver(
      [
        ['Accept', 'a'],
        ['Cookie', 'x'],
      ],
      [['accept', 'b']],
    ),
  ).toEqual([
    ['Cookie', 'x'],
    ['accept', 'b'],
  ])
})

test('hop-by-hop headers, the host and the lab’s own are never taken from the outside (RFC 9110 §7.6.1)', () => {
  const given: [string, string][] = [
    ['Connection', 'close'],
    ['Host', 'evil.example'],
    ['Content-Length', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['X-AuthLab-Client', 'stolen'],
    ['X-AuthLab-Exchange', '1'],
  ]
  expect(layOver([], given)).toEqual([])
})
