import { call, here, lesson, login, p, verdict, verdicts, w } from './write.ts'

/** What a logout ends: the row of a session, and of a token what can be reached. */
export const logOutReally = lesson({
  id: 'log-out-really',
  title: w('Log out, really?', '真的登出了吗？'),
  summary: w(
    'Mallory has copied what Alice and Bob sent. Both log out. Whose copy still works, for how long, and what does it take to stop it?',
    'Mallory 复制了 Alice 和 Bob 发送过的内容。两人都登出了。谁的副本还能用，能用多久，要怎样才能让它失效？',
  ),
  minutes: 12,
  level: 'intermediate',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite' },
    clients: [
      { id: 'alice', name: 'Alice', account: 'alice', device: 'Laptop', mechanism: 'session' },
      { id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' },
      { id: 'mallory', name: 'Mallory', account: 'mallory', device: 'Laptop', mechanism: 'jwt-bearer', isAttacker: true },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Log both in', '让两人登录'),
      goal: w('Two requests that Mallory has a copy of', '两个请求，Mallory 都有副本'),
      narrative: [
        here(
          'Alice uses a session, Bob a bearer token. Each makes one request, and Mallory keeps a copy of both, credentials included.',
          'Alice 用会话，Bob 用 bearer 令牌。两人各发一个请求，Mallory 把两个请求连同凭证都留了副本。',
        ),
        p(
          'Both credentials are good for whoever holds them: a cookie can be transplanted to another browser, and a bearer token asks its holder for no further proof.',
          '两种凭证都是谁拿着谁能用：Cookie 可以搬到另一个浏览器，bearer 令牌不要求持有者再证明什么。',
          'RFC 6265 §8.3',
          'RFC 6750 §1.2',
        ),
      ],
      do: [
        login('alice', w('Log Alice in (session)', '让 Alice 登录（会话）')),
        login('bob', w('Log Bob in (JWT)', '让 Bob 登录（JWT）')),
        call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me')),
        call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me')),
      ],
      check: [verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All four are allowed', '四个请求都被允许'))],
      notes: { minutes: 2 },
    },
    {
      id: 'alice-logs-out',
      title: w('Alice logs out', 'Alice 登出'),
      goal: w('Her copy is dead', '她的副本失效了'),
      narrative: [
        p(
          'A logout has to end the session on the server, so that nobody can go on with it. To delete the cookie in the browser is not enough.',
          '登出必须在服务器端终止会话，让谁也不能再用它。只删除浏览器里的 Cookie 是不够的。',
          'OWASP ASVS 5 V7.4.1',
        ),
      ],
      do: [
        { do: 'logout', client: 'alice', label: w('Log Alice out', '让 Alice 登出') },
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'log-in', nth: 3 },
          label: w("Send Alice's request again, as Mallory", '以 Mallory 的身份重发 Alice 的请求'),
        },
      ],
      check: [
        verdicts(['allowed', 'unknown-session'], w('Logged out; the copy is refused', '已登出；副本被拒绝')),
        { check: 'step', nth: 1, kind: 'session-destroy', outcome: 'pass', label: w('The row was deleted', '那一行被删除了') },
        {
          check: 'holds',
          client: 'alice',
          what: 'session-cookie',
          isHeld: false,
          label: w('The cookie is gone as well', 'Cookie 也没有了'),
        },
      ],
      notes: { minutes: 2, say: w('The copy of the cookie is perfect, and worthless.', 'Cookie 的副本完美无缺，却毫无用处。') },
    },
    {
      id: 'bob-logs-out',
      title: w('Bob logs out', 'Bob 登出'),
      goal: w('His copy works on', '他的副本照样能用'),
      narrative: [
        p(
          "Bob's client does what it can: it has the refresh token revoked, and throws its own copies away.",
          'Bob 的客户端做了它能做的：让服务器吊销刷新令牌，并丢掉自己的副本。',
          'RFC 7009 §2.1',
        ),
      ],
      predict: {
        question: w("What does Mallory's copy of Bob's request get?", 'Mallory 手里 Bob 的请求副本会得到什么？'),
        choices: [
          {
            text: w('401: Bob has logged out', '401：Bob 已经登出'),
            isRight: false,
            why: p(
              'A self-contained access token is judged without asking the server that issued it, so nobody hears of a logout. Signature and times are right, and that is all that is looked at here.',
              '自包含的访问令牌不必询问签发它的服务器就能判断，所以没有人得知登出。签名和时间都对，这里只看这些。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('200', '200'),
            isRight: true,
            why: p(
              'The access token speaks for itself until its `exp`. To end it earlier, somebody has to keep something and look at it: the very thing that a self-contained token was to save.',
              '访问令牌在 `exp` 之前自己为自己作证。要提前终止它，就得有人保存一些东西并去查看：而这正是自包含令牌想要省掉的。',
              'RFC 7519 §4.1.4',
              'RFC 7009 §3',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
          {
            text: w('401: the refresh token was revoked', '401：刷新令牌已吊销'),
            isRight: false,
            why: p(
              'The refresh token cannot be used again, so it gives no new access token. The access token that is out should go along with it where a server can revoke one. This server cannot, so far.',
              '刷新令牌不能再用，也就换不到新的访问令牌。已经发出去的访问令牌，在服务器有能力吊销时应当一并失效。而这个服务器目前还做不到。',
              'RFC 7009 §2.1',
            ),
          },
        ],
      },
      do: [
        { do: 'logout', client: 'bob', label: w('Log Bob out', '让 Bob 登出') },
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'log-in', nth: 4 },
          label: w("Send Bob's request again, as Mallory", '以 Mallory 的身份重发 Bob 的请求'),
        },
      ],
      check: [
        verdicts(['allowed', 'allowed'], w('Logged out; the copy is allowed', '已登出；副本仍被允许')),
        { check: 'step', nth: 1, kind: 'refresh-revoke', outcome: 'pass', label: w('The refresh token was revoked', '刷新令牌已吊销') },
        {
          check: 'holds',
          client: 'bob',
          what: 'access-token',
          isHeld: false,
          label: w('Bob himself holds no token any more', 'Bob 自己已经没有令牌'),
        },
      ],
      notes: {
        minutes: 3,
        say: w(
          'For Bob it looks like a logout. For whoever checks access tokens nothing has happened.',
          '在 Bob 看来这是登出。在验证访问令牌的一方看来，什么也没发生。',
        ),
        watchFor: w(
          '"Then delete the token on the server." Ask where it is there.',
          '有人会说“那就在服务器上把令牌删掉”。问问令牌在服务器的哪里。',
        ),
      },
    },
    {
      id: 'wait',
      title: w('Wait for the end', '等它到期'),
      goal: w('It ends at its own time', '它到自己的时间才失效'),
      narrative: [
        p(
          'The life of an access token is the longest that such a copy can be used. That is why it should be short, and a refresh token gets the next one.',
          '访问令牌的有效期就是这种副本最多能用的时间。所以它应当短，再用刷新令牌换取下一个。',
          'RFC 7009 §3',
          'RFC 6749 §1.5',
        ),
      ],
      do: [
        { do: 'move-clock', seconds: 900, label: w('Move the lab clock 15 minutes ahead', '把实验时钟拨快 15 分钟') },
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'log-in', nth: 4 },
          label: w("Send Bob's request again", '再次重发 Bob 的请求'),
        },
      ],
      check: [verdict(1, 'token-expired', w('Expired', '已过期'))],
      notes: { minutes: 1 },
    },
    {
      id: 'denylist',
      title: w('Look before you trust', '先查再信'),
      goal: w('The copy is dead at once, for one look into a store', '副本立刻失效，代价是查一次存储'),
      narrative: [
        p(
          'One way to end tokens early is a **denylist**: the server notes which were revoked, and looks there with each request. Where tokens are self-contained, the checklist of OWASP (ASVS) asks for this or something like it.',
          '提前终止令牌的一种办法是**吊销名单**：服务器记下哪些已被吊销，每个请求都去查看。使用自包含令牌时，OWASP 的检查清单（ASVS）要求这样做或采取类似的办法。',
          'OWASP ASVS 5 V7.4.1',
        ),
      ],
      do: [
        { do: 'change-cluster', change: { revocation: 'denylist' }, label: w('Revoke by denylist from now on', '从现在起用吊销名单吊销') },
        login('bob', w('Log Bob in again', '让 Bob 再次登录')),
        call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me')),
        { do: 'logout', client: 'bob', label: w('Log Bob out', '让 Bob 登出') },
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'denylist', nth: 2 },
          label: w("Send Bob's request again, as Mallory", '以 Mallory 的身份重发 Bob 的请求'),
        },
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'token-revoked'], w('The copy is refused after the logout', '登出之后副本被拒绝')),
        {
          check: 'step',
          nth: 2,
          kind: 'token-denylist',
          outcome: 'pass',
          label: w('It was looked up with every request, before the logout, too', '每个请求都查了列表，登出之前也一样'),
        },
        { check: 'step', nth: 4, kind: 'token-denylist', outcome: 'fail', label: w('It is on the list', '它在列表上') },
      ],
      after: [
        here(
          'Now the token takes a look into a store, like a session. Whether that is worth it depends on how long you can bear a copy that works on: the State screen measures it.',
          '现在令牌和会话一样，也要查一次存储。值不值得，取决于你能忍受副本继续可用多久：“状态”页面会测量它。',
        ),
      ],
      notes: { minutes: 3, ask: w('What have we saved by using a token, now?', '现在，用令牌还省下了什么？') },
    },
  ],
})
