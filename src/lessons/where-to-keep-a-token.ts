import { encodedMemo, injectedScript } from './injected-script.ts'
import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const forge = (
  client: 'cookie' | 'script',
  how: { request: string; as: 'form' | 'text-form' | 'script' | 'link'; from?: 'cross-site' | 'same-site' },
  label: ReturnType<typeof w>,
) => ({ do: 'forge', client, from: 'cross-site', ...how, label }) as const
const TRANSFER = 'POST /transfer'

/** A token in a cookie or in the hands of scripts: what an injected script takes, and what a foreign page can do. */
export const whereToKeepAToken = lesson({
  id: 'where-to-keep-a-token',
  title: w('Where to keep a token in a browser', '浏览器里，令牌放在哪里'),
  summary: w(
    'The same token twice: once in an HttpOnly cookie, once in the hands of the page’s scripts. An injected script steals one of them, a page on evil.localhost tries to use the other.',
    '同一种令牌放在两处：一处是 HttpOnly Cookie，一处交给页面脚本。注入的脚本偷走其中一个，evil.localhost 上的页面则试图利用另一个。',
  ),
  minutes: 15,
  level: 'intermediate',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite', revocation: 'none' },
    clients: [
      { id: 'cookie', name: 'Alice·Cookie', account: 'alice', device: 'Laptop', mechanism: 'jwt-cookie' },
      { id: 'script', name: 'Alice·Script', account: 'alice', device: 'Laptop', mechanism: 'jwt-bearer' },
      { id: 'mallory', name: 'Mallory', account: 'mallory', device: 'Laptop', mechanism: 'jwt-bearer', isAttacker: true },
    ],
  },
  steps: [
    {
      id: 'two-places',
      title: w('Two places', '两个地方'),
      goal: w('One token in a cookie, one in the body of the answer', '一个令牌在 Cookie 里，一个在响应正文里'),
      narrative: [
        p(
          'Alice logs in twice. The first time the server puts the token into a cookie with `HttpOnly`: the browser keeps it, and no script gets to see it. The second time it stands in the body of the answer, and the page’s script has to keep it somewhere, for example in `localStorage`.',
          'Alice 登录两次。第一次，服务器把令牌放进带 `HttpOnly` 的 Cookie：由浏览器保管，任何脚本都看不到。第二次，令牌写在响应正文里，页面脚本得自己找地方保存，比如 `localStorage`。',
          'RFC 6265 §4.1.2.6',
        ),
        here(
          'In this lesson the lab’s clients stand for browsers: what they send is made the way a browser makes it. In the desktop app you can do the steps with cookies in a real browser window: menu of the client, “Open as a real browser”.',
          '本课用实验室的客户端代替浏览器：它们发送的请求与浏览器发送的一致。在桌面应用里，涉及 Cookie 的步骤可以用真正的浏览器窗口来做：客户端菜单，“以真实浏览器打开”。',
        ),
      ],
      do: [
        login('cookie', w('Log in for a cookie', '登录，令牌放进 Cookie')),
        login('script', w('Log in for a token in the body', '登录，令牌写在正文里')),
        call('cookie', 'GET /me', w('Call /me with the cookie', '用 Cookie 调用 /me')),
        call('script', 'GET /me', w('Call /me with `Authorization`', '用 `Authorization` 调用 /me')),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('Both work', '两者都能用')),
        {
          check: 'set-cookie',
          nth: 1,
          name: 'access_token',
          attributes: ['HttpOnly', 'SameSite=Lax', 'Path=/'],
          label: w('The access token: `HttpOnly`, `SameSite=Lax`', '访问令牌：`HttpOnly`、`SameSite=Lax`'),
        },
        {
          check: 'set-cookie',
          nth: 1,
          name: 'refresh_token',
          attributes: ['HttpOnly', 'SameSite=Strict', 'Path=/token'],
          label: w('The refresh token goes to `/token` alone: `SameSite=Strict`', '刷新令牌只发往 `/token`：`SameSite=Strict`'),
        },
        {
          check: 'header',
          nth: 2,
          in: 'response',
          name: 'Set-Cookie',
          isPresent: false,
          label: w('The second login set no cookie', '第二次登录没有设置 Cookie'),
        },
      ],
      pins: ['credential', 'bytes'],
      diff: [3, 4],
      notes: {
        minutes: 2,
        ask: w('Where does your front end keep its token? Does everybody here agree?', '你们的前端把令牌放在哪里？在座各位的答案一致吗？'),
      },
    },
    injectedScript,
    encodedMemo,
    {
      id: 'foreign-page',
      title: w('A page on evil.localhost', 'evil.localhost 上的页面'),
      goal: w('The form arrives without the cookie; the link carries it', '表单没有带上 Cookie；链接带上了'),
      narrative: [
        p(
          'Now no script is injected. Alice merely opens another site while she is logged in. The lab serves that page on a port and a name of its own, `evil.localhost`, which is another **site** than `app.localhost`.',
          '这次没有脚本注入。Alice 只是在登录期间打开了另一个网站。实验室用单独的端口和名字 `evil.localhost` 提供这个页面，它与 `app.localhost` 是不同的**站点**。',
          'RFC 6265bis §5.2',
        ),
        p(
          'A browser attaches cookies by itself, whoever made the page that sends the request. That is what a cross-site request forgery (CSRF) rides on.',
          '浏览器会自动附上 Cookie，不管发出请求的页面是谁写的。跨站请求伪造（CSRF）利用的就是这一点。',
          'RFC 6265 §8.2',
        ),
      ],
      predict: {
        question: w(
          'The page submits a form to `/transfer` in Alice’s browser. What arrives?',
          '该页面在 Alice 的浏览器里向 `/transfer` 提交表单。到达的是什么？',
        ),
        choices: [
          {
            text: w('The form with the cookie', '带 Cookie 的表单'),
            isRight: false,
            why: p(
              'Without `SameSite` that was the web for a long time: a browser attaches cookies whoever asks. With `SameSite=None` it still is.',
              '没有 `SameSite` 的时候，Web 长期如此：不管是谁发起请求，浏览器都附上 Cookie。用 `SameSite=None` 时现在仍是这样。',
              'RFC 6265 §8.2',
              'RFC 6265bis §4.1.2.7',
            ),
          },
          {
            text: w('The form without the cookie', '不带 Cookie 的表单'),
            isRight: true,
            why: p(
              'From another site, `Lax` sends the cookie only with a top-level navigation (the address bar changes) by a safe method such as GET. A form’s POST is no safe method.',
              '来自别的站点时，`Lax` 只在顶层导航（地址栏会变）且方法安全（例如 GET）时才带上 Cookie。表单的 POST 不是安全方法。',
              'RFC 6265bis §5.6.7.1',
            ),
          },
          {
            text: w('Nothing: the browser refuses to send it', '什么也没有：浏览器拒绝发送'),
            isRight: false,
            why: p(
              'A page may send information to another origin, and a form does so without any custom header. The server gets it, and has to judge it.',
              '页面可以向别的源发送信息，表单发送时不带任何自定义请求头。服务器会收到它，必须自己判断。',
              'RFC 6454 §3.4.2',
            ),
          },
        ],
      },
      do: [
        { do: 'attacker-site', on: true, label: w('Switch the attacker’s page on', '开启攻击者页面') },
        forge('cookie', { request: TRANSFER, as: 'form' }, w('Its form posts to /transfer', '它的表单向 /transfer 提交')),
        forge('cookie', { request: 'GET /me', as: 'link' }, w('Alice follows its link to /me', 'Alice 点了它指向 /me 的链接')),
      ],
      check: [
        verdicts(['no-credential', 'allowed'], w('The form is nobody’s; the link is Alice’s', '表单无主；链接算 Alice 的')),
        {
          check: 'header',
          nth: 1,
          in: 'request',
          name: 'Cookie',
          contains: 'access_token',
          isPresent: false,
          label: w('`SameSite=Lax` kept the cookie back from the form', '`SameSite=Lax` 没让表单带上 Cookie'),
        },
        {
          check: 'header',
          nth: 2,
          in: 'request',
          name: 'Cookie',
          contains: 'access_token',
          label: w('It let it go with the link', '却让链接带上了'),
        },
      ],
      after: [
        p(
          'That is why nothing that matters may be done by a GET: a link from anywhere sends it with the cookie, and GET is meant for reading.',
          '所以重要的操作绝不能用 GET 来做：来自任何地方的链接都能带着 Cookie 发出它，而 GET 的含义只是读取。',
          'RFC 9110 §9.2.1',
          'OWASP ASVS 5 V3.5.3',
        ),
      ],
      pins: ['credential'],
      diff: [1, 2],
      notes: {
        minutes: 3,
        ifStuck: w(
          'In the desktop app: log in to the portal in the window of Alice·Cookie (a token in a cookie), then choose “Open the attacker’s page” in the same menu.',
          '在桌面应用里：在 Alice·Cookie 的窗口里登录门户（Cookie 中的令牌），再从同一菜单选择“打开攻击者页面”。',
        ),
      },
    },
    {
      id: 'same-site-sibling',
      title: w('A page next door', '隔壁的页面'),
      goal: w('The cookie comes along, and the server refuses all the same', 'Cookie 带上了，服务器照样拒绝'),
      narrative: [
        p(
          '`SameSite` looks at the site, and a site has many names. A page on `evil.app.localhost` (a forgotten blog, somebody’s upload) is the **same site**: `SameSite` is no obstacle to it. It is defence in depth, and not the defence.',
          '`SameSite` 看的是站点，而一个站点有很多名字。`evil.app.localhost` 上的页面（被遗忘的博客、某人上传的文件）属于**同一站点**：`SameSite` 拦不住它。它是纵深防御的一层，不能单靠它。',
          'RFC 6265bis §5.2',
          'RFC 6265bis §8.8.1',
        ),
        p(
          'So the server checks for itself that a request comes from its own pages: here by `Origin` and `Sec-Fetch-Site`, and by whether a form could have made the request at all.',
          '所以服务器要自己检查请求是否来自自己的页面：这里看 `Origin` 和 `Sec-Fetch-Site`，再看这个请求是不是表单能发出来的。',
          'OWASP ASVS 5 V3.5.1',
          'OWASP ASVS 5 V3.5.2',
        ),
      ],
      predict: {
        question: w('The same form, now with the cookie. Who stops it?', '同样的表单，这次带着 Cookie。谁拦住它？'),
        choices: [
          {
            text: w('The browser', '浏览器'),
            isRight: false,
            why: p('For the browser this is one site talking to itself.', '在浏览器看来，这是同一个站点在和自己说话。', 'RFC 6265bis §5.2'),
          },
          {
            text: w('The server, by `Origin`', '服务器，凭 `Origin`'),
            isRight: true,
            why: p(
              'The browser says which origin made it send the request, and no page can set or change that header. It is not the portal’s.',
              '浏览器会说明是哪个源让它发出请求，任何页面都不能设置或改动这个请求头。它不是门户的源。',
              'RFC 6454 §7',
              'Fetch §2.2.2',
            ),
          },
          {
            text: w('Nobody: the transfer is written', '没有人：转账写入了'),
            isRight: false,
            why: p('It would be, on a server that trusts the cookie alone.', '在只信 Cookie 的服务器上，确实会写入。', 'RFC 6265 §8.2'),
          },
        ],
      },
      do: [
        forge(
          'cookie',
          { request: TRANSFER, as: 'form', from: 'same-site' },
          w('The form next door posts to /transfer', '隔壁的表单向 /transfer 提交'),
        ),
        forge(
          'cookie',
          { request: TRANSFER, as: 'text-form', from: 'same-site' },
          w('The same, written so that it looks like JSON', '同样的请求，但写得像 JSON'),
        ),
        forge(
          'cookie',
          { request: TRANSFER, as: 'script', from: 'same-site' },
          w('A script next door asks to send JSON', '隔壁的脚本请求发送 JSON'),
        ),
      ],
      check: [
        { check: 'verdict', nth: 1, is: 'csrf-blocked', label: w('The form is refused', '表单被拒绝') },
        { check: 'verdict', nth: 2, is: 'csrf-blocked', label: w('So is the disguised one', '伪装的也被拒绝') },
        {
          check: 'header',
          nth: 1,
          in: 'request',
          name: 'Cookie',
          contains: 'access_token',
          label: w('Although the cookie came along', '尽管 Cookie 带上了'),
        },
        { check: 'no-step', nth: 1, kind: 'account-write', label: w('Nothing was written', '什么也没有写入') },
        {
          check: 'header',
          nth: 3,
          in: 'response',
          name: 'Access-Control-Allow-Origin',
          isPresent: false,
          label: w(
            'The script’s preflight is not answered with a permission, so its request is never sent',
            '脚本的预检没有得到许可，所以它的请求根本不会发出',
          ),
        },
      ],
      pins: ['credential'],
      diff: [1, 2],
      notes: {
        minutes: 3,
        ask: w('Who may put pages under your domain?', '谁可以在你们的域名下放页面？'),
      },
    },
    {
      id: 'bearer-is-not-ambient',
      title: w('The other token, the other side', '另一个令牌，另一面'),
      goal: w('No cookie, no CSRF', '没有 Cookie，就没有 CSRF'),
      narrative: [
        p(
          'Try the same on the browser that keeps its token in script. What a browser attaches by itself are cookies, TLS client certificates and the passwords of HTTP authentication. `Authorization: Bearer` is none of these: only the page’s own script sends it.',
          '对把令牌交给脚本保管的浏览器试同样的事。浏览器会自动附上的是 Cookie、TLS 客户端证书和 HTTP 认证的密码。`Authorization: Bearer` 不在其中：只有页面自己的脚本会发送它。',
          'Fetch §2',
        ),
        p(
          'That is the trade. Whoever puts a token into a cookie must take precautions against CSRF. Whoever leaves it to script loses it to the first injected script, as you have seen.',
          '这就是取舍。令牌放进 Cookie，就必须防范 CSRF。令牌交给脚本，第一个注入的脚本就能拿走它，前面已经看到了。',
          'RFC 6750 §5.3',
        ),
      ],
      do: [
        forge(
          'script',
          { request: TRANSFER, as: 'form', from: 'same-site' },
          w('The form next door, against the token in script', '隔壁的表单，对脚本保管的令牌'),
        ),
        forge('cookie', { request: TRANSFER, as: 'form', from: 'same-site' }, w('The same against the cookie', '同样的表单，对 Cookie')),
      ],
      check: [
        verdicts(
          ['no-credential', 'csrf-blocked'],
          w('There is nothing to ride on; there was, and it was refused', '一个无从利用；另一个本可利用，但被拒绝了'),
        ),
        {
          check: 'no-step',
          nth: 1,
          kind: 'csrf',
          label: w('Without a cookie no such check is even needed', '没有 Cookie，连这项检查都不需要'),
        },
      ],
      pins: ['credential'],
      diff: [1, 2],
      notes: { minutes: 1, say: w('Nobody wins. Choose which attack you can defend better.', '没有赢家。选你更有把握防住的那种攻击。') },
    },
    {
      id: 'prefixes',
      title: w('Nail the cookie down', '把 Cookie 钉牢'),
      goal: w('A name that no other page can set', '别的页面设置不了的名字'),
      narrative: [
        p(
          'A page next door cannot read a cookie of this host, but it can set one of the same name for the whole domain, and the server could not tell the two apart. A name that begins with `__Host-` is taken by the browser only with `Secure`, with `Path=/` and without `Domain`: it belongs to this host alone.',
          '隔壁的页面读不到这个主机的 Cookie，却可以为整个域设置一个同名的，而服务器分不清两者。以 `__Host-` 开头的名字，浏览器只在带 `Secure`、`Path=/` 且没有 `Domain` 时才接受：它只属于这一个主机。',
          'RFC 6265bis §4.1.3.2',
          'RFC 6265 §8.6',
        ),
      ],
      do: [
        {
          do: 'change-cluster',
          change: { cookiePrefix: true },
          label: w('Use prefixes for cookies that carry tokens', '给携带令牌的 Cookie 加前缀'),
        },
        login('cookie', w('Log in for a cookie', '登录，令牌放进 Cookie')),
        call('cookie', 'GET /me', w('Call /me with the cookie', '用 Cookie 调用 /me')),
        { do: 'attacker-site', on: false, label: w('Switch the attacker’s page off', '关闭攻击者页面') },
      ],
      check: [
        verdicts(['allowed', 'allowed'], w('It works as before', '照常能用')),
        {
          check: 'set-cookie',
          nth: 1,
          name: '__Host-access_token',
          attributes: ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'],
          label: w('`__Host-access_token` with `Secure` and `Path=/`', '`__Host-access_token` 带 `Secure` 和 `Path=/`'),
        },
      ],
      after: [
        p(
          'For a token in a browser’s cookie the checklist (ASVS) asks for `HttpOnly`, for a `SameSite` that fits, for the prefix `__Host-`, which brings `Secure` along, and for a check against CSRF on the server.',
          '对于放在浏览器 Cookie 里的令牌，检查清单（ASVS）要求：`HttpOnly`，合适的 `SameSite`，`__Host-` 前缀（它也就带来了 `Secure`），以及服务器上的 CSRF 检查。',
          'OWASP ASVS 5 V3.3.2',
          'OWASP ASVS 5 V3.3.3',
          'OWASP ASVS 5 V3.3.4',
          'OWASP ASVS 5 V3.5.1',
        ),
      ],
      pins: ['credential', 'bytes'],
      notes: { minutes: 2 },
    },
  ],
})
