import { describe, expect, onTestFinished, test } from 'vitest'
import { AllowedHosts } from '../../src/server/allowed-hosts.ts'
import { parseConfig } from '../../src/server/config.ts'
import { startTestLab } from '../support/start-lab.ts'

const isAllowed = (url: string, ...named: string[]): boolean => {
  try {
    new AllowedHosts(named).require(url, 'Redis')
    return true
  } catch {
    return false
  }
}

describe('without --allow-host', () => {
  test.each([
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://localhost',
    'http://LOCALHOST:80',
    'http://[::1]:80',
    'redis://:pw@localhost:6379/2',
  ])('%s is this machine', (url) => expect(isAllowed(url)).toBe(true))

  test.each([
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com',
    'http://example.com#127.0.0.1',
    'http://localhost.example.com',
    'http://db.localhost',
    'http://[::ffff:10.0.0.1]',
    'redis://127.0.0.1@10.0.0.1:6379',
    'redis://127.1:6379',
    'redis:///0',
    'not a url',
  ])('%s is refused', (url) => expect(isAllowed(url)).toBe(false))
})

test('--allow-host allows the host it names, in whatever case, and nothing beside or under it', () => {
  expect(isAllowed('redis://DB.internal:6379', 'db.internal')).toBe(true)
  expect(isAllowed('http://[fd00::1]:80', '[fd00::1]')).toBe(true)
  expect(isAllowed('http://a.db.internal', 'db.internal')).toBe(false)
  expect(isAllowed('http://db.internal.evil', 'db.internal')).toBe(false)
})

test('the refusal says which flag allows the host', () => {
  expect(() => new AllowedHosts().require('redis://10.0.0.7:6379', 'Redis')).toThrow(
    'Redis is at the host 10.0.0.7: nothing outside this machine is talked to unless it is named. Start with --allow-host 10.0.0.7 to allow it.',
  )
})

test('--allow-host can be given many times, and takes hosts only', () => {
  expect(parseConfig(['--allow-host', 'a', '--allow-host=10.0.0.1'], {})).toMatchObject({ allowedHosts: ['a', '10.0.0.1'] })
  expect(() => parseConfig(['--allow-host', 'http://a'], {})).toThrow('--allow-host takes the name or the address of a host')
  expect(() => parseConfig(['--allow-host', 'a:80'], {})).toThrow('without port')
})

test('a lab starts with no Redis outside this machine, and changes to none', async () => {
  await expect(startTestLab(['--store', 'redis=redis://192.0.2.1:6379'])).rejects.toMatchObject({ code: 'host-not-allowed' })
  const lab = await startTestLab(['--nodes', '1'])
  onTestFinished(() => lab.close())
  const refused = await lab.call('PATCH', '/cluster', { store: 'redis', redisUrl: 'redis://192.0.2.1:6379' })
  expect(refused).toMatchObject({ status: 409, json: { message: expect.stringContaining('--allow-host 192.0.2.1') } })
  expect((await lab.call('GET', '/cluster')).json.store).toBe('sqlite')
})
