import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, defaultDataDir, parseConfig } from '../../src/server/config.ts'
import { LabError } from '../../src/server/errors.ts'
import { openPort } from '../../src/server/free-port.ts'

const parse = (...flags: string[]): Config => {
  const parsed = parseConfig(flags, { XDG_DATA_HOME: '/home/someone/data', APPDATA: '/home/someone/data' })
  if (!('mode' in parsed)) throw new Error('no config')
  return parsed
}

describe('the command line', () => {
  test('has defaults for everything', () => {
    expect(parse()).toMatchObject({
      mode: 'auto',
      port: 4600,
      isPortAsked: false,
      balancerPort: 4700,
      isBalancerPortAsked: false,
      isFresh: false,
      nodes: 3,
      strategy: 'round-robin',
      store: 'sqlite',
      shouldOpen: true,
      isSandboxed: true,
    })
  })

  test('is frozen once parsed', () => expect(Object.isFrozen(parse())).toBe(true))

  test('keeps data in the per-user folder, temporary data in the temporary one, or where it is told', () => {
    expect(defaultDataDir({ XDG_DATA_HOME: '/d' }, 'linux')).toBe('/d/authlab')
    expect(parse('--fresh').dataDir).toBe(tmpdir())
    expect(parse('--fresh', '--data-dir', '/x').dataDir).toBe('/x')
  })

  test('takes lessons from the data folder, or from a folder that is there', () => {
    expect(parse().lessonsDir).toBeNull()
    expect(parse('--lessons', tmpdir()).lessonsDir).toBe(tmpdir())
    expect(() => parse('--lessons', '/nowhere/lessons')).toThrow('--lessons takes a folder that is there. See --help.')
  })

  test('takes a flag with = as well', () => expect(parse('--port=0')).toMatchObject({ port: 0, isPortAsked: true }))

  test.each([['--port=65536'], ['--port=-1'], ['--nodes=1.5'], ['--port=5', '--balancer-port=5']])(
    'refuses %s %s in one line',
    (...flags) => {
      expect(() => parse(...flags.filter((flag) => typeof flag === 'string'))).toThrow(ConfigError)
      expect(() => parse(...flags.filter((flag) => typeof flag === 'string'))).toThrow(/^[^\n]+$/)
    },
  )
})

describe('a port that is taken', () => {
  const open = async (port: number) => {
    if (port === 4600) throw new LabError('port-taken', 'Port 4600 is taken.')
    return { port: 5000 }
  }

  test('moves to a free one when nobody asked for it, with a notice', async () => {
    const { opened, notices } = await openPort({ name: 'control', port: 4600, isAsked: false }, open)
    expect(opened.port).toBe(5000)
    expect(notices).toEqual([{ code: 'port-moved', params: { what: 'control', from: '4600', to: '5000' } }])
  })

  test('is an error when it was asked for', async () => {
    await expect(openPort({ name: 'control', port: 4600, isAsked: true }, open)).rejects.toMatchObject({ code: 'port-taken' })
  })
})
