import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const onLaptop = call('laptop', 'GET /me', w('Call /me on the laptop (session)', '在笔记本电脑上调用 /me（会话）'))
const onPhone = call('phone', 'GET /me', w('Call /me on the phone (JWT)', '在手机上调用 /me（JWT）'))
const onTablet = call('tablet', 'GET /me', w('Call /me on the tablet (JWT)', '在平板上调用 /me（JWT）'))
const loginPhone = login('phone', w('Log Bob in on the phone (JWT)', '让 Bob 在手机上登录（JWT）'))
const endAll = {
  do: 'end-sessions',
  account: 'bob',
  label: w('Log Bob out everywhere, as the operator', '以操作员身份让 Bob 在所有设备上登出'),
} as const

/** An internal admin console: somebody has to be out now. A session against three ways to end a token, by the stopwatch. */
export const forceOffline = lesson({
  id: 'force-offline',
  title: w('Force a user offline: an internal admin console', '强制用户下线：内部管理后台'),
  summary: w(
    'Bob leaves the company at noon, and must be out at noon. The same button is pressed for a session, for a plain token, for a denylist and for a not-before time: the stopwatch tells how long each let him in.',
    'Bob 中午离职，中午就必须下线。对会话、普通令牌、吊销名单和签发时间下限按下同一个按钮：秒表会告诉你每种方式又让他进来了多久。',
  ),
  minutes: 13,
  level: 'intermediate',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite', revocation: 'none' },
    clients: [
      { id: 'laptop', name: 'Bob·Laptop', account: 'bob', device: 'Laptop', mechanism: 'session' },
      { id: 'phone', name: 'Bob·Phone', account: 'bob', device: 'Phone', mechanism: 'jwt-bearer' },
      { id: 'tablet', name: 'Bob·Tablet', account: 'bob', device: 'Tablet', mechanism: 'jwt-bearer' },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Bob is at work', 'Bob 正在上班'),
      goal: w('A session and a token, both good', '一个会话、一个令牌，都有效'),
      narrative: [
        here(
          'An admin console inside a company: a few hundred people, one application, and the wish to throw somebody out **now**. Bob uses it on two devices, by a session on the laptop and by a token on the phone.',
          '公司内部的管理后台：几百个用户，一个应用，还有一个要求：能让某个人**立刻**下线。Bob 在两台设备上使用它：笔记本电脑上用会话，手机上用令牌。',
        ),
        p(
          'An administrator has to be able to end the sessions of one user. How fast that works is what is measured here.',
          '管理员必须能够终止某个用户的会话。这里要测的就是它多快生效。',
          'OWASP ASVS 5 V7.4.5',
        ),
      ],
      do: [login('laptop', w('Log Bob in on the laptop (session)', '让 Bob 在笔记本电脑上登录（会话）')), loginPhone, onLaptop, onPhone],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('Both devices work', '两台设备都能用')),
        {
          check: 'session-count',
          account: 'bob',
          atLeast: 1,
          atMost: 1,
          label: w('The store has one session of Bob', '存储里有 Bob 的一个会话'),
        },
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'active',
          atLeast: 1,
          atMost: 1,
          label: w('And one family of refresh tokens', '还有一个刷新令牌家族'),
        },
      ],
      notes: { minutes: 1, ask: w('Who here has had to lock somebody out in a hurry?', '在座的谁曾经需要紧急把某人锁在外面？') },
    },
    {
      id: 'press-the-button',
      title: w('Press the button', '按下按钮'),
      goal: w('One device is out, one is not', '一台设备下线了，另一台没有'),
      narrative: [
        here(
          'It is noon. The operator logs Bob out everywhere: his session rows are deleted, his refresh tokens revoked. No way of revocation for access tokens is in force yet.',
          '到了中午。操作员让 Bob 在所有设备上登出：他的会话行被删除，刷新令牌被吊销。访问令牌还没有启用任何吊销方式。',
        ),
      ],
      predict: {
        question: w('Which device still gets an answer?', '哪台设备还能得到响应？'),
        choices: [
          {
            text: w('Neither', '都不能'),
            isRight: false,
            why: p(
              'The node judges an access token by what is written in it and by its signature, without asking anybody. So nobody tells it that Bob is no longer welcome.',
              '节点根据访问令牌里的内容和签名来判断它，不问任何人。所以也没有人告诉它 Bob 已不受欢迎。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('The laptop (session)', '笔记本电脑（会话）'),
            isRight: false,
            why: p(
              'The session was invalidated where it is kept: its row is gone, and each request looks for that row anew. There is nothing left that the cookie could name.',
              '会话在保存它的地方失效了：那一行已经没有，而每个请求都会重新查找。Cookie 已经没有可以指向的东西。',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
          {
            text: w('The phone (JWT)', '手机（JWT）'),
            isRight: true,
            why: p(
              'Only new tokens are out of reach. The one that is out already says by itself that it is good, until its `exp`.',
              '他只是再也拿不到新令牌。已经发出去的那个自己证明自己有效，直到 `exp`。',
              'RFC 7519 §4.1.4',
              'RFC 7009 §3',
            ),
          },
        ],
      },
      do: [
        endAll,
        onLaptop,
        onPhone,
        { do: 'refresh', client: 'phone', label: w('Ask for new tokens on the phone', '在手机上请求新令牌') },
      ],
      check: [
        verdicts(
          ['unknown-session', 'allowed', 'token-revoked'],
          w('The session is out, the token works on, and gets no successor', '会话下线了；令牌照样能用，但换不到新的'),
        ),
        { check: 'session-count', account: 'bob', atMost: 0, label: w('No session of Bob is left', 'Bob 的会话一个也不剩') },
        {
          check: 'accepted-after-revocation',
          atLeast: 1,
          label: w('The stopwatch counted a request after the logout', '秒表数到了登出之后仍被接受的请求'),
        },
      ],
      after: [
        p(
          'The refresh token is dead, so the phone is out after 15 minutes at the latest: with short access tokens the server limits for how long a revoked one is still in use. Their life is its reaction time.',
          '刷新令牌已经失效，所以手机最迟 15 分钟后下线：访问令牌短，服务器就限制了被吊销的令牌还能用多久。令牌的有效期就是服务器的反应时间。',
          'RFC 7009 §3',
        ),
      ],
      pins: ['credential', 'session-reads', 'duration'],
      diff: [1, 2],
      notes: {
        minutes: 3,
        say: w(
          'Nothing is broken here. This is what a token is for: nobody has to be asked.',
          '这里什么也没坏。令牌就是为此而生的：不必问任何人。',
        ),
        ask: w('Is 15 minutes acceptable for your console? Is one minute?', '对你们的后台来说，15 分钟可以接受吗？一分钟呢？'),
      },
    },
    {
      id: 'denylist',
      title: w('Second try: a denylist', '第二次尝试：吊销名单'),
      goal: w('Out at once, for one look-up a request', '立刻下线，代价是每个请求查一次'),
      narrative: [
        p(
          'Whoever uses tokens and wants to end one early has to keep something and look it up: a list of ended tokens, a date and time before which nothing counts, or a key for each user.',
          '用令牌又想提前终止它，就得保存一些东西并去查看：已终止令牌的列表、一个时刻（在它之前的都不算），或者每个用户各自的密钥。',
          'OWASP ASVS 5 V7.4.1',
        ),
        p(
          'The denylist comes first. It names a token by its unique identifier, the claim `jti`. Here it can name all tokens of one login, too, by their claim `sid`.',
          '先试吊销名单。它用令牌的唯一标识（声明 `jti`）来指明令牌。在这里，它还可以用声明 `sid` 指明一次登录的全部令牌。',
          'RFC 7519 §4.1.7',
        ),
      ],
      predict: {
        question: w(
          'Bob is logged out everywhere. How many of his next requests get through?',
          '让 Bob 在所有设备上登出。他接下来的请求有几个能通过？',
        ),
        choices: [
          {
            text: w('None', '一个也没有'),
            isRight: true,
            why: p(
              'Here the list is looked at with each request, after the signature. What is on a list of ended tokens must not be used any further: the very next request finds its login there.',
              '这里每个请求在验证签名之后都查这份列表。已终止令牌的列表上有的，就不得再用：紧接着的下一个请求就在上面找到了自己的登录。',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
          {
            text: w('One: the list is read afterwards', '一个：列表是之后才读的'),
            isRight: false,
            why: here(
              'Here the look-up belongs to the check itself, and the answer waits for it. That is its price.',
              '在这里，查列表就是验证的一部分，响应要等它。这就是它的代价。',
            ),
          },
          {
            text: w('All, until `exp`', '全部，直到 `exp`'),
            isRight: false,
            why: w('That was the run before, when nobody looked anything up.', '那是上一次的情形，没有人去查任何东西。'),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { revocation: 'denylist' },
          label: w('Revoke access tokens by a denylist', '用吊销名单吊销访问令牌'),
        },
        loginPhone,
        onPhone,
        endAll,
        onPhone,
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'token-revoked'],
          w('Good before, refused on the very next request', '之前有效，紧接着的下一个请求就被拒绝'),
        ),
        {
          check: 'step',
          nth: 2,
          kind: 'token-denylist',
          outcome: 'pass',
          label: w('Even the good request had to ask the list', '有效的那个请求也得查列表'),
        },
        {
          check: 'step',
          nth: 3,
          kind: 'token-denylist',
          outcome: 'fail',
          evidence: { claim: 'sid' },
          label: w('The list had the login, by its `sid`', '列表里有这次登录，用 `sid` 指明'),
        },
        {
          check: 'accepted-after-revocation',
          atMost: 0,
          label: w('The stopwatch counted no request after it', '秒表在此之后没有数到任何被接受的请求'),
        },
      ],
      pins: ['credential', 'duration'],
      diff: [2, 3],
      notes: {
        minutes: 3,
        say: w(
          'It works. It also asks a shared store on every request, which is what the token was to save.',
          '它管用。但每个请求都要查一个共享存储，而这正是令牌想省掉的。',
        ),
      },
    },
    {
      id: 'not-before',
      title: w('Third try: a not-before time', '第三次尝试：签发时间下限'),
      goal: w('One row for the whole account', '整个账户只要一行'),
      narrative: [
        p(
          'Instead of a list, keep one moment for each account: a token whose `iat` is not after it is refused. One row is enough, however many tokens are out.',
          '不存列表，而是为每个账户存一个时刻：`iat` 不在它之后的令牌一律拒绝。不管发出了多少令牌，一行就够。',
          'OWASP ASVS 5 V7.4.1',
          'RFC 7519 §4.1.6',
        ),
        w('Bob is back with two devices. This time only **the phone** is to go.', 'Bob 又带着两台设备回来了。这一次只想让**手机**下线。'),
      ],
      predict: {
        question: w("The phone's token is revoked. What becomes of the tablet's?", '吊销手机的令牌。平板的令牌会怎样？'),
        choices: [
          {
            text: w('It works on', '照常能用'),
            isRight: false,
            why: p(
              'The moment is kept for the user. Nothing in it tells one device from the other.',
              '这个时刻是为用户保存的，分不出是哪台设备。',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
          {
            text: w('It ends as well', '它也失效'),
            isRight: true,
            why: p(
              'Both tokens are older than the moment, and age is all that is asked. This way is cheap because it is coarse.',
              '两个令牌都比那个时刻早，而这里只问早晚。这种方式便宜，正因为它粗。',
              'RFC 7519 §4.1.6',
            ),
          },
          {
            text: w('It ends if it was issued first', '如果它签发得更早，就失效'),
            isRight: false,
            why: here(
              'The limit is the moment of the revocation, not the `iat` of the revoked token. Both are before it.',
              '界限是吊销的时刻，而不是被吊销令牌的 `iat`。两者都在它之前。',
            ),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { revocation: 'not-before' },
          label: w('Revoke access tokens by a not-before time', '用签发时间下限吊销访问令牌'),
        },
        loginPhone,
        login('tablet', w('Log Bob in on the tablet (JWT)', '让 Bob 在平板上登录（JWT）')),
        { do: 'revoke-token', client: 'phone', label: w('Revoke the token of the phone', '吊销手机的令牌') },
        onPhone,
        onTablet,
        { do: 'refresh', client: 'tablet', label: w('Ask for new tokens on the tablet', '在平板上请求新令牌') },
        onTablet,
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'token-revoked', 'token-revoked', 'allowed', 'allowed'],
          w('Both devices are out; the tablet helps itself with a refresh', '两台设备都被拒绝；平板刷新一下就恢复了'),
        ),
        {
          check: 'step',
          nth: 4,
          kind: 'token-account-not-before',
          outcome: 'fail',
          evidence: { claim: 'iat' },
          label: w('What failed was the age of the token', '没通过的是令牌的签发时间'),
        },
        {
          check: 'revocation',
          what: 'collateral',
          atLeast: 1,
          label: w('The stopwatch notes it: another token ended along with it', '秒表记了下来：有另一个令牌一起失效'),
        },
        { check: 'revocation', what: 'rows-kept', atLeast: 1, atMost: 1, label: w('One row was kept', '只存了一行') },
      ],
      pins: ['credential', 'duration'],
      diff: [3, 4],
      notes: {
        minutes: 3,
        watchFor: w(
          '"Then use one key for each user." That is the third way of the clause: try to say what a verifier has to look up then.',
          '有人会说“那就每个用户一个密钥”。那是该条款说的第三种办法：请他说说验证方那时要查什么。',
        ),
      },
    },
    {
      id: 'the-bill',
      title: w('The bill', '算账'),
      goal: w('What each of them asks with every request', '每种方式在每个请求上要查什么'),
      narrative: [
        here(
          'Bob is let in again, by a session and by a token with a denylist. Both can be ended at once now. Compare what one ordinary request costs the server.',
          '让 Bob 重新进来：一个用会话，一个用带吊销名单的令牌。现在两者都能立刻终止。比较一下一个普通请求要服务器付出多少。',
        ),
      ],
      do: [
        { do: 'change-cluster', change: { revocation: 'denylist' }, label: w('Back to the denylist', '改回吊销名单') },
        login('laptop', w('Log Bob in on the laptop (session)', '让 Bob 在笔记本电脑上登录（会话）')),
        loginPhone,
        onLaptop,
        onPhone,
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('Both work', '两者都能用')),
        { check: 'session-reads', nth: 3, atLeast: 1, atMost: 1, label: w('The session: one look into the store', '会话：查一次存储') },
        {
          check: 'step',
          nth: 4,
          kind: 'token-denylist',
          outcome: 'pass',
          evidence: { store: 'sqlite' },
          label: w('The token: one look into the same store, besides its signature', '令牌：除了验证签名，也要查一次同一个存储'),
        },
      ],
      after: [
        here(
          'In this lab both ask a store with every request, once somebody has to be out at once. The session then is the simpler one: smaller on the wire, and nothing to revoke twice. For an internal console of one application it wins.',
          '在这个实验室里，只要必须能让人立刻下线，两者在每个请求上就都要查存储。这时会话更简单：网络上更小，也不必吊销两处。对单个应用的内部后台，会话胜出。',
        ),
      ],
      pins: ['credential', 'session-reads', 'bytes', 'duration'],
      diff: [3, 4],
      notes: {
        minutes: 3,
        ask: w('What would have to change for the token to be worth it?', '要变成什么情况，令牌才值得？'),
        say: w('The next lesson changes it: many services, many devices.', '下一课就换成那种情况：很多服务，很多设备。'),
      },
    },
  ],
})
