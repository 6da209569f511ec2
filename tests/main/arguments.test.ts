import { describe, expect, test } from 'vitest'
import { ownFlags } from '../../src/main/arguments.ts'

describe('the command line of the desktop app', () => {
  test('keeps every flag of a packaged app', () => {
    expect(ownFlags(['/opt/AuthLab/authlab', '--fresh', '--port', '0'], false)).toEqual(['--fresh', '--port', '0'])
  })
  test('drops what stands before the folder and the folder itself', () => {
    expect(ownFlags(['electron', '--inspect=0', '--remote-debugging-port=0', '/app', '--fresh'], true)).toEqual(['--fresh'])
  })
  test('keeps --no-sandbox wherever it stands, once', () => {
    expect(ownFlags(['electron', '--no-sandbox', '/app', '--nodes', '2'], true)).toEqual(['--no-sandbox', '--nodes', '2'])
    expect(ownFlags(['electron', '--no-sandbox', '/app', '--no-sandbox'], true)).toEqual(['--no-sandbox'])
  })
  test("drops Chromium's switches after the folder and keeps a flag nobody knows", () => {
    expect(ownFlags(['authlab', '--disable-gpu', '--ozone-platform=wayland', '--bogus'], false)).toEqual(['--bogus'])
  })
})
