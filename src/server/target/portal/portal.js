import { authorization, logIn, logOut } from './credential.js'

const WORDS = {
  en: {
    title: 'Portal',
    username: 'User name',
    password: 'Password',
    mechanism: 'Stay logged in by',
    session: 'a session cookie',
    token: 'a token in a cookie',
    login: 'Log in',
    logout: 'Log out',
    ask: 'Ask the server',
    received: 'Transfers received',
    noneReceived: 'Nobody has sent you anything yet.',
    nobody: 'You are not logged in.',
    unreachable: 'The server cannot be reached.',
    refused: (verdict) => (verdict === 'bad-credentials' ? 'Wrong user name or password.' : `The server refused the login: ${verdict}.`),
    who: (name) => `You are logged in as ${name}.`,
  },
  'zh-CN': {
    title: '门户',
    username: '用户名',
    password: '密码',
    mechanism: '用什么保持登录',
    session: '会话 Cookie',
    token: 'Cookie 中的令牌',
    login: '登录',
    logout: '登出',
    ask: '向服务器请求',
    received: '收到的转账',
    noneReceived: '还没有人给你转账。',
    nobody: '你尚未登录。',
    unreachable: '无法连接服务器。',
    refused: (verdict) => (verdict === 'bad-credentials' ? '用户名或密码错误。' : `服务器拒绝了登录：${verdict}。`),
    who: (name) => `你已登录为 ${name}。`,
  },
}

const byId = (id) => document.getElementById(id)
let language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
let user = null
/** Why the last login was refused; empty when it was not. */
let refused = ''

const show = () => {
  const words = WORDS[language]
  document.documentElement.lang = language
  document.title = words.title
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = words[element.dataset.word]
  byId('who').textContent = user ? words.who(user) : words.nobody
  byId('login').hidden = user !== null
  byId('logout').hidden = user === null
  byId('received').hidden = user === null
  byId('refused').hidden = refused === ''
  byId('refused').textContent = refused === '' ? '' : words.refused(refused)
  byId('language').textContent = language === 'en' ? '中文' : 'English'
  byId('language').lang = language === 'en' ? 'zh-CN' : 'en'
}

const ask = async (method, path, body) => {
  const headers = { ...authorization(), ...(body && { 'Content-Type': 'application/json' }) }
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) })
    const text = await response.text()
    const node = response.headers.get('X-AuthLab-Node') ?? ''
    byId('answer').textContent = `${method} ${path} → ${response.status} ${node}\n${pretty(text)}`
    if (response.status === 401 && method === 'GET') user = null
    const json = parse(text)
    return { isOk: response.ok, verdict: json?.verdict ?? String(response.status), body: json }
  } catch {
    byId('answer').textContent = WORDS[language].unreachable
    return { isOk: false, verdict: '' }
  }
}

const parse = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const pretty = (text) => {
  const json = parse(text)
  return json === undefined ? text : JSON.stringify(json, null, 2)
}

/** The server writes them as HTML, with every memo encoded. */
const showTransfers = async () => {
  const list = byId('transfers')
  list.replaceChildren()
  if (user === null) return
  const response = await fetch('/transfers', { headers: { Accept: 'text/html', ...authorization() } })
  if (response.ok) list.innerHTML = await response.text()
  byId('none-received').hidden = list.children.length > 0
}

byId('language').addEventListener('click', () => {
  language = language === 'en' ? 'zh-CN' : 'en'
  show()
})

byId('login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = new FormData(event.target)
  const [username, password] = [form.get('username'), form.get('password')]
  const answer = await logIn(ask, form.get('mechanism'), username, password)
  refused = answer.isOk ? '' : answer.verdict
  if (answer.isOk) {
    user = username
    event.target.reset()
  }
  show()
  if (user) byId('ask').focus()
  await showTransfers()
})

for (const button of document.querySelectorAll('button[data-path]')) {
  button.addEventListener('click', async () => {
    await ask('GET', button.dataset.path)
    show()
  })
}

byId('logout').addEventListener('click', async () => {
  const { isOk } = await logOut(ask)
  if (isOk) user = null
  show()
})

/** Only the server can tell whether somebody is logged in. */
const recall = async () => {
  try {
    const response = await fetch('/me', { headers: authorization() })
    if (response.ok) user = (await response.json()).user.name
  } catch {
    byId('answer').textContent = WORDS[language].unreachable
  }
  show()
  await showTransfers()
}

show()
recall()
