const WORDS = {
  en: {
    plays: 'This page plays an attacker. It belongs to AuthLab and can reach nothing but the portal of this lab.',
    title: 'You have won a prize',
    form: 'Take the prize (a form posts to /transfer)',
    text: 'The same, written so that it looks like JSON',
    write: 'A script posts to /transfer, with cookies',
    read: 'A script reads /me, with cookies',
    look: 'What can this script read?',
    link: 'A plain link to /me',
    where: (own, portal) => `This page is ${own}; its victim is ${portal}.`,
    refused: 'The browser refused: the portal allows no other origin, so the script gets to see nothing.',
    answered: (status) => `The portal answered ${status}, and the script could read it.`,
    seen: (cookies, stored) =>
      `document.cookie: ${cookies}\nlocalStorage: ${stored}\nNothing of the portal is in it: this is another origin.`,
    nothing: '(empty)',
  },
  'zh-CN': {
    plays: '本页面扮演攻击者。它属于 AuthLab，除了本实验室的门户，什么也访问不到。',
    title: '恭喜您中奖了',
    form: '领取奖品（用表单向 /transfer 提交）',
    text: '同样的请求，但写得像 JSON',
    write: '用脚本向 /transfer 提交，带上 Cookie',
    read: '用脚本读取 /me，带上 Cookie',
    look: '这个脚本能读到什么？',
    link: '一个指向 /me 的普通链接',
    where: (own, portal) => `本页面是 ${own}；它的目标是 ${portal}。`,
    refused: '浏览器拒绝了：门户不允许其他源，所以脚本什么也看不到。',
    answered: (status) => `门户应答了 ${status}，脚本读到了它。`,
    seen: (cookies, stored) => `document.cookie: ${cookies}\nlocalStorage: ${stored}\n里面没有门户的任何东西：这是另一个源。`,
    nothing: '（空）',
  },
}

const byId = (id) => document.getElementById(id)
const portal = document.querySelector('meta[name="portal"]').content
let language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en'

const show = () => {
  const words = WORDS[language]
  document.documentElement.lang = language
  document.title = words.title
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = words[element.dataset.word]
  byId('where').textContent = words.where(location.origin, portal)
  byId('language').textContent = language === 'en' ? '中文' : 'English'
  byId('language').lang = language === 'en' ? 'zh-CN' : 'en'
}

const attempt = async (path, init) => {
  const words = WORDS[language]
  try {
    const { status } = await fetch(`${portal}${path}`, { credentials: 'include', ...init })
    byId('outcome').textContent = words.answered(status)
  } catch {
    byId('outcome').textContent = words.refused
  }
}

byId('language').addEventListener('click', () => {
  language = language === 'en' ? 'zh-CN' : 'en'
  show()
})
byId('write').addEventListener('click', () =>
  attempt('/transfer', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ to: 'mallory', amountCents: 100 }),
  }),
)
byId('read').addEventListener('click', () => attempt('/me'))
byId('look').addEventListener('click', () => {
  const words = WORDS[language]
  byId('outcome').textContent = words.seen(document.cookie || words.nothing, Object.keys(localStorage).join(', ') || words.nothing)
})

show()
