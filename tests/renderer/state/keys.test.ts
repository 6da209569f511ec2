import { expect, test } from 'vitest'
import { commandOf, type KeyPress } from '../../../src/renderer/state/keys.ts'
import { SCREENS } from '../../../src/renderer/state/ui-state.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isTyping: false,
  isOnControl: false,
  hasLetterKeys: true,
  ...more,
})

test.each([
  ['j', 'next-request'],
  ['J', 'next-request'],
  ['/', 'focus-filter'],
  [' ', 'pause-clock'],
  ['<', 'clock-back-15'],
  ['Escape', 'go-back'],
  ['1', 'screen-workbench'],
  [String(SCREENS.length), 'screen-settings'],
])('%j asks for %s', (key, command) => {
  expect(commandOf(press(key))).toBe(command)
})

test('single keys mean nothing while somebody types; Ctrl K does', () => {
  expect(commandOf(press('r', { isTyping: true }))).toBeNull()
  expect(commandOf(press('k', { isTyping: true, ctrlKey: true }))).toBe('command-palette')
  expect(commandOf(press('k', { isTyping: true, metaKey: true }))).toBe('command-palette')
})

test('single keys can be switched off, Escape and Ctrl K stay', () => {
  expect(commandOf(press('r', { hasLetterKeys: false }))).toBeNull()
  expect(commandOf(press('Escape', { hasLetterKeys: false }))).toBe('go-back')
  expect(commandOf(press('k', { hasLetterKeys: false, ctrlKey: true }))).toBe('command-palette')
})

test('Enter and Space belong to the control that has the focus', () => {
  expect(commandOf(press(' ', { isOnControl: true }))).toBeNull()
  expect(commandOf(press('Enter', { isOnControl: true }))).toBeNull()
})

test("a browser's own combinations are left alone", () => {
  expect(commandOf(press('r', { ctrlKey: true }))).toBeNull()
  expect(commandOf(press('1', { altKey: true }))).toBeNull()
})
