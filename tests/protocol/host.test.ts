import { expect, test } from 'vitest'
import { httpOrigin, isLoopbackName, parseHost } from '../../src/protocol/host.ts'

test('an absent or empty port stands for 80 (RFC 9110 §4.2.1)', () => {
  for (const value of ['LocalHost', 'localhost:', 'localhost:80']) expect(parseHost(value)).toEqual({ name: 'localhost', port: 80 })
  expect(parseHost('[::1]')).toEqual({ name: '[::1]', port: 80 })
  expect(parseHost('[::1]:4700')).toEqual({ name: '[::1]', port: 4700 })
})

test('what is no uri-host with an optional port is none', () => {
  for (const value of ['a b', 'a@b', 'a/b', 'a:b', 'a:1:2', '::1', '[::1', 'a,b:x', 'a?b', 'a\\b']) expect(parseHost(value)).toBeNull()
})

test('an origin names no port that is the default of its scheme (RFC 6454 §6.2)', () => {
  for (const field of ['App.localhost', 'app.localhost:80', 'app.localhost:']) expect(httpOrigin(field)).toBe('http://app.localhost')
  expect(httpOrigin('127.0.0.1:4700')).toBe('http://127.0.0.1:4700')
  for (const field of ['', ':4700', 'a b', 'user@a']) expect(httpOrigin(field)).toBeNull()
})

test('loopback names are those that the DNS cannot give to anybody (RFC 6761 §6.3)', () => {
  for (const name of ['127.0.0.1', '[::1]', 'localhost', 'app.localhost', 'a.b.localhost']) expect(isLoopbackName(name)).toBe(true)
  for (const name of ['', '.localhost', 'a..localhost', 'evillocalhost', 'localhost.evil', '0.0.0.0', '127.0.0.1.nip.io'])
    expect(isLoopbackName(name)).toBe(false)
})
