import { call, here, lesson, login, p, verdicts, w } from './write.ts'

/** The same request by a session and by a token, step by step. */
export const oneRequestBothWays = lesson({
  id: 'one-request-both-ways',
  title: w('Both on one request, step by step', '同一个请求，两种方式，逐步对照'),
  summary: w(
    'Alice is logged in twice: by a session on the laptop, by a token on the phone. The same request from both, laid side by side.',
    'Alice 登录了两次：笔记本电脑上用会话，手机上用令牌。两边发出同一个请求，并排对照。',
  ),
  minutes: 10,
  level: 'basic',
  lab: {
    nodes: 2,
    settings: { store: 'sqlite' },
    clients: [
      { id: 'laptop', name: 'Alice·Laptop', account: 'alice', device: 'Laptop', mechanism: 'session' },
      { id: 'phone', name: 'Alice·Phone', account: 'alice', device: 'Phone', mechanism: 'jwt-bearer' },
    ],
  },
  steps: [
    {
      id: 'log-in-twice',
      title: w('Log in twice', '登录两次'),
      goal: w('One session, one token', '一个会话，一个令牌'),
      narrative: [
        here(
          'The password is checked the same way both times. What differs is what comes of it: a row and a cookie, or a signed text.',
          '两次检查密码的方式相同。不同的是结果：一行数据加一个 Cookie，或者一段签了名的文本。',
        ),
      ],
      do: [
        login('laptop', w('Log in on the laptop (session)', '在笔记本电脑上登录（会话）')),
        login('phone', w('Log in on the phone (JWT)', '在手机上登录（JWT）')),
      ],
      check: [
        verdicts(['allowed', 'allowed'], w('Both logins are allowed', '两次登录都被允许')),
        { check: 'step', nth: 1, kind: 'session-write', outcome: 'pass', label: w('The first wrote a session', '第一次写入了会话') },
        { check: 'step', nth: 2, kind: 'token-issue', outcome: 'pass', label: w('The second issued a token', '第二次签发了令牌') },
        {
          check: 'session-count',
          account: 'alice',
          atLeast: 1,
          atMost: 1,
          label: w('The store has one session of Alice, not two', '存储里只有 Alice 的一个会话，不是两个'),
        },
      ],
      pins: ['bytes', 'duration'],
      notes: {
        minutes: 2,
        watchFor: w(
          'Most of the time of a login is the password hash, on purpose (RFC 9106).',
          '登录的大部分时间花在密码哈希上，这是有意为之（RFC 9106）。',
        ),
      },
    },
    {
      id: 'same-request',
      title: w('Send the same request from both', '两边发出同一个请求'),
      goal: w('Two answers, two ways there', '两个响应，两条路'),
      narrative: [
        here(
          'Both ask `GET /me`, and both get the same answer. Count how often the server has to ask its store on the way.',
          '两边都请求 `GET /me`，得到同样的响应。数一数服务器在途中查询了几次存储。',
        ),
      ],
      predict: {
        question: w('Which request is larger on the wire?', '哪个请求在网络上更大？'),
        choices: [
          {
            text: w('The one with the session', '用会话的那个'),
            isRight: false,
            why: p(
              'The cookie is a name of about 80 octets: what there is to say stays on the server.',
              'Cookie 只是一个大约 80 字节的名字：内容都留在服务器上。',
              'RFC 6265 §8.4',
            ),
          },
          {
            text: w('The one with the token', '用令牌的那个'),
            isRight: true,
            why: p(
              'The token contains what the server needs to know, in a form that it can verify, and carries it with each request anew. That is what it pays for needing no store.',
              '令牌以可验证的形式包含服务器需要知道的内容，每个请求都带一遍。这就是它不需要存储所付的代价。',
              'RFC 6749 §1.4',
            ),
          },
          {
            text: w('They are the same', '一样大'),
            isRight: false,
            why: here('Look at the cards below: the two differ by several hundred octets.', '看下面的卡片：两者相差几百字节。'),
          },
        ],
      },
      do: [
        call('laptop', 'GET /me', w('Call /me on the laptop (session)', '在笔记本电脑上调用 /me（会话）')),
        call('phone', 'GET /me', w('Call /me on the phone (JWT)', '在手机上调用 /me（JWT）')),
      ],
      check: [
        verdicts(['allowed', 'allowed'], w('Both are allowed', '两者都被允许')),
        { check: 'session-reads', nth: 1, atLeast: 1, label: w('The session was read from the store', '会话是从存储里读到的') },
        { check: 'session-reads', nth: 2, atMost: 0, label: w('The token took no look into it', '令牌没有查询存储') },
        { check: 'step', nth: 2, kind: 'token-signature', outcome: 'pass', label: w('It took a signature instead', '它靠的是签名') },
      ],
      after: [
        p(
          'The session asks: is there a row? The token asks: is the signature right, is it for me, is it still time? The first question needs a store that all nodes reach, the second a key that all nodes know.',
          '会话问的是：有没有这一行？令牌问的是：签名对不对，是不是给我的，还在有效期内吗？前一个问题需要所有节点都能访问的存储，后一个需要所有节点都知道的密钥。',
          'RFC 6265 §8.4',
          'RFC 7515 §5.2',
          'RFC 7519 §4.1.3',
          'RFC 7519 §4.1.4',
        ),
      ],
      pins: ['credential', 'session-reads', 'bytes', 'duration'],
      diff: [1, 2],
      notes: {
        minutes: 3,
        say: w(
          'Open both in the Inspector and read the two stories aloud, line by line.',
          '在检查器里打开这两个请求，把两个过程逐行念出来。',
        ),
      },
    },
    {
      id: 'another-role',
      title: w('Take her role away', '取消她的角色'),
      goal: w('One notices, one does not', '一边察觉，一边没有'),
      narrative: [
        w(
          'Alice is an admin. While she is logged in on both devices the operator makes her a plain user. Then both ask for the list of users, which only admins may see.',
          'Alice 是管理员。她在两台设备上都登录着的时候，操作员把她改成普通用户。然后两边都去请求只有管理员能看的用户列表。',
        ),
      ],
      predict: {
        question: w('Who still sees the list?', '谁还能看到列表？'),
        choices: [
          {
            text: w('Both', '两边都能'),
            isRight: false,
            why: here(
              'The session leads to the account, and the account was changed. The server reads it with every request.',
              '会话通向账户，而账户已经改了。服务器每个请求都读它。',
            ),
          },
          {
            text: w('The laptop (session)', '笔记本电脑（会话）'),
            isRight: false,
            why: here(
              'It is the other way round: the session is looked up anew each time, the token says what was true when it was issued.',
              '正好相反：会话每次都重新查询，令牌写的是签发时的情况。',
            ),
          },
          {
            text: w('The phone (JWT)', '手机（JWT）'),
            isRight: true,
            why: p(
              'The role is a claim of the token, and the claim is as old as the token. A change cannot reach data inside a self-contained token at once: it ends with the token, unless the server looks at the account as well.',
              '角色是令牌里的声明，声明和令牌一样旧。改动无法立刻到达自包含令牌里的数据：它随令牌一起失效，除非服务器也去看账户。',
              'OWASP ASVS 5 V8.3.2',
            ),
          },
          {
            text: w('Neither', '两边都不能'),
            isRight: false,
            why: here(
              'Nothing told the phone’s token of the change: it was signed before.',
              '没有什么能把改动告诉手机的令牌：它是改动之前签的。',
            ),
          },
        ],
      },
      do: [
        { do: 'change-account', account: 'alice', role: 'user', label: w('Make Alice a plain user', '把 Alice 改成普通用户') },
        call('laptop', 'GET /admin/users', w('List users on the laptop (session)', '在笔记本电脑上列出用户（会话）')),
        call('phone', 'GET /admin/users', w('List users on the phone (JWT)', '在手机上列出用户（JWT）')),
      ],
      check: [
        verdicts(['insufficient-role', 'allowed'], w('The session is refused, the token is not', '会话被拒绝，令牌没有')),
        {
          check: 'step',
          nth: 1,
          kind: 'role',
          outcome: 'fail',
          evidence: { from: 'account' },
          label: w('For the session the role came from the account', '对会话来说，角色来自账户'),
        },
        {
          check: 'step',
          nth: 2,
          kind: 'role',
          outcome: 'pass',
          evidence: { from: 'token' },
          label: w('For the token it came from the token', '对令牌来说，角色来自令牌'),
        },
      ],
      pins: ['credential', 'session-reads'],
      diff: [1, 2],
      notes: { minutes: 3, ask: w('For how long would you accept that in your product?', '在你们的产品里，这样的情况能接受多久？') },
    },
  ],
})
