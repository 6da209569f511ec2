/**
 * In the place of credential.js while the weakness is on. What is wrong: `localStorage` hides nothing from a script of the same origin, so the
 * first one that is injected has the token, and can use it anywhere.
 */
import * as cookies from './cookie-credential.js'

const ACCESS = 'access_token'
const REFRESH = 'refresh_token'

const choice = document.createElement('label')
choice.innerHTML =
  '<input type="radio" name="mechanism" value="web-storage" /><span lang="en">a token in localStorage</span><span lang="zh-CN">localStorage 中的令牌</span>'
document.querySelector('#login fieldset').append(choice)

const forget = () => {
  localStorage.removeItem(ACCESS)
  localStorage.removeItem(REFRESH)
}

export const logIn = async (ask, mechanism, username, password) => {
  forget()
  if (mechanism !== 'web-storage') return cookies.logIn(ask, mechanism, username, password)
  const answer = await ask('POST', '/token', { grant_type: 'password', username, password })
  if (answer.isOk) {
    localStorage.setItem(ACCESS, answer.body.access_token)
    localStorage.setItem(REFRESH, answer.body.refresh_token)
  }
  return answer
}

export const logOut = async (ask) => {
  const token = localStorage.getItem(REFRESH)
  if (token === null) return cookies.logOut(ask)
  const answer = await ask('POST', '/token/revoke', { token })
  if (answer.isOk) forget()
  return answer
}

export const authorization = () => {
  const token = localStorage.getItem(ACCESS)
  return token === null ? cookies.authorization() : { Authorization: `Bearer ${token}` }
}
