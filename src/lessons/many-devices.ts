import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const ACCESS_SECONDS = 300

const onPhone = call('phone', 'GET /me', w('Call /me on the phone', '在手机上调用 /me'))
const onTablet = call('tablet', 'GET /me', w('Call /me on the tablet', '在平板上调用 /me'))
const onTv = call('tv', 'GET /me', w('Call /me on the TV', '在电视上调用 /me'))
const waitSix = { do: 'move-clock', seconds: 360, label: w('Move the lab clock six minutes ahead', '把实验时钟拨快六分钟') } as const

/** A social platform: three devices, three services, short access tokens, refresh tokens, and a denylist by device. */
export const manyDevices = lesson({
  id: 'many-devices',
  title: w('Many devices and many services: a social platform', '很多设备，很多服务：社交平台'),
  summary: w(
    'Bob is logged in on three devices, and three services check his tokens by themselves. Then the phone is lost: end it alone, without logging the others out and without one store that every request has to ask.',
    'Bob 在三台设备上登录，三个服务各自验证他的令牌。然后手机丢了：只让它下线，不影响其他设备，也不让每个请求都去查同一个存储。',
  ),
  minutes: 15,
  level: 'advanced',
  lab: {
    nodes: 3,
    settings: { store: 'sqlite', strategy: 'round-robin', revocation: 'none', lifetimes: { accessToken: ACCESS_SECONDS } },
    clients: [
      { id: 'phone', name: 'Bob·Phone', account: 'bob', device: 'Phone', mechanism: 'jwt-bearer' },
      { id: 'tablet', name: 'Bob·Tablet', account: 'bob', device: 'Tablet', mechanism: 'jwt-bearer' },
      { id: 'tv', name: 'Bob·TV', account: 'bob', device: 'TV', mechanism: 'jwt-bearer' },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Log in on three devices', '在三台设备上登录'),
      goal: w('Three logins, three families of refresh tokens', '三次登录，三个刷新令牌家族'),
      narrative: [
        here(
          'A social platform has a service for the feed, one for messages, one for photos. Here the three nodes stand for them: each checks tokens by itself, with a key in its own memory.',
          '社交平台有动态服务、消息服务和照片服务。这里用三个节点来代表它们：每个节点都用自己内存里的密钥独立验证令牌。',
        ),
        p(
          'Each login gives an **access token** for five minutes, which is shown to every service, and a **refresh token** for the long run, which is shown to the authorization server alone.',
          '每次登录得到一个五分钟的**访问令牌**，出示给每个服务；还有一个供长期使用的**刷新令牌**，只出示给授权服务器。',
          'RFC 6749 §1.5',
        ),
      ],
      do: [
        login('phone', w('Log in on the phone', '在手机上登录')),
        login('tablet', w('Log in on the tablet', '在平板上登录')),
        login('tv', w('Log in on the TV', '在电视上登录')),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed'], w('All three are allowed', '三次都被允许')),
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'active',
          atLeast: 3,
          atMost: 3,
          label: w('The store has a family of refresh tokens for each device', '存储里每台设备有一个刷新令牌家族'),
        },
        {
          check: 'claim',
          nth: 1,
          in: 'response',
          name: 'sid',
          label: w('The access token says which login it is from: `sid`', '访问令牌写明来自哪次登录：`sid`'),
        },
      ],
      pins: ['bytes'],
      notes: {
        minutes: 2,
        say: w(
          'There is state on the server after all: one small row for each device, touched every five minutes and not on every request.',
          '服务器上还是有状态的：每台设备一小行，五分钟用一次，而不是每个请求都用。',
        ),
      },
    },
    {
      id: 'every-service',
      title: w('Ask every service', '访问每个服务'),
      goal: w('Six requests, three services, no look-up', '六个请求，三个服务，一次也不查'),
      narrative: [w('Two devices ask each of the three services once.', '两台设备各访问三个服务一次。')],
      predict: {
        question: w('How often is a store asked, for all six requests?', '六个请求一共查了几次存储？'),
        choices: [
          {
            text: w('Never', '零次'),
            isRight: true,
            why: p(
              'Signature, issuer, audience and times are checked with what each service has in memory: key, names and clock.',
              '签名、签发者、受众和时间，都用每个服务内存里的东西来检查：密钥、名称和时钟。',
              'RFC 9068 §4',
            ),
          },
          {
            text: w('Three times: once a service', '三次：每个服务一次'),
            isRight: false,
            why: p(
              'A service that has the key need not ask about a token, nor get to know it first.',
              '有密钥的服务不必去问一个令牌的情况，也不必先“认识”它。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('Six times: once a request', '六次：每个请求一次'),
            isRight: false,
            why: here('That would be sessions in a store that all services share.', '那是会话放在所有服务共享的存储里的情形。'),
          },
        ],
      },
      do: [onPhone, onPhone, onPhone, onTablet, onTablet, onTablet],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed', 'allowed', 'allowed'], w('All are allowed', '全部被允许')),
        {
          check: 'nodes',
          are: ['node-1', 'node-2', 'node-3', 'node-1', 'node-2', 'node-3'],
          label: w('Each device asked all three', '每台设备都访问了三个服务'),
        },
        { check: 'no-step', nth: 2, kind: 'session-lookup', label: w('No session was looked up', '没有查询会话') },
        { check: 'no-step', nth: 2, kind: 'token-denylist', label: w('Nor was any list of revoked tokens', '也没有查询任何吊销名单') },
      ],
      pins: ['credential', 'session-reads', 'duration'],
      notes: {
        minutes: 2,
        say: w(
          'Teams can build services without sharing a database. That is what the token buys.',
          '各团队可以开发服务而不共享数据库。这就是令牌换来的。',
        ),
      },
    },
    {
      id: 'short-life',
      title: w('Six minutes later', '六分钟后'),
      goal: w('Expired, refreshed, allowed; nobody typed a password', '过期、刷新、允许；没有人输入密码'),
      narrative: [
        p(
          'The access tokens have expired. A client that gets that answer gives its refresh token for new tokens and asks again.',
          '访问令牌过期了。客户端得到这样的响应时，用刷新令牌换取新令牌，然后重新请求。',
          'RFC 6749 §1.5',
        ),
      ],
      predict: {
        question: w('What does Bob notice?', 'Bob 会察觉到什么？'),
        choices: [
          {
            text: w('He has to log in again', '他得重新登录'),
            isRight: false,
            why: p(
              'The refresh token stands for the login. It is there to get a new access token when the old one has expired, without him.',
              '刷新令牌代表那次登录。旧的访问令牌过期后，就用它取得新的，而不打扰他。',
              'RFC 6749 §1.5',
            ),
          },
          {
            text: w('Nothing, but one request more', '什么也没有，只是多一个请求'),
            isRight: true,
            why: p(
              'The client notices the refusal, refreshes and asks again. As long as access tokens cannot be revoked, the refresh is the one moment at which the server can say no.',
              '客户端察觉到被拒绝，刷新后再次请求。只要访问令牌无法吊销，刷新就是服务器唯一能说“不”的时刻。',
              'RFC 6749 §1.5',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('All three devices are logged out', '三台设备全都登出'),
            isRight: false,
            why: here(
              'Each device has a family of its own, and each refreshes when it needs to.',
              '每台设备有自己的家族，各自在需要时刷新。',
            ),
          },
        ],
      },
      do: [waitSix, onPhone, { do: 'refresh', client: 'phone', label: w('Refresh on the phone', '在手机上刷新') }, onPhone],
      check: [
        verdicts(['token-expired', 'allowed', 'allowed'], w('Expired, refreshed, allowed', '过期、刷新、允许')),
        {
          check: 'step',
          nth: 2,
          kind: 'refresh-rotate',
          outcome: 'pass',
          label: w('The refresh token was given for a new one', '刷新令牌换成了新的'),
        },
        { check: 'no-step', nth: 2, kind: 'password-verify', label: w('No password was needed', '不需要密码') },
      ],
      pins: ['credential', 'bytes'],
      diff: [1, 3],
      notes: { minutes: 2 },
    },
    {
      id: 'phone-is-lost',
      title: w('The phone is lost', '手机丢了'),
      goal: w('No new tokens for it; the last one lives out its minutes', '它再也换不到新令牌；最后一个用完剩下的几分钟'),
      narrative: [
        here(
          'Bob calls support, and they end that one device: its family of refresh tokens is revoked. Access tokens cannot be revoked here yet.',
          'Bob 打电话给客服，客服让这一台设备下线：它的刷新令牌家族被吊销。这里的访问令牌还没法吊销。',
        ),
      ],
      predict: {
        question: w('For how long can whoever found the phone go on?', '捡到手机的人还能用多久？'),
        choices: [
          {
            text: w('Not at all', '一刻也不能'),
            isRight: false,
            why: p(
              'The services do not ask anybody, so nobody can tell them.',
              '这些服务不问任何人，所以也没有人能告诉它们。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('At most five minutes', '最多五分钟'),
            isRight: true,
            why: p(
              'Short access tokens put a limit on it: at the next refresh the authorization server says no.',
              '短的访问令牌给它设了上限：下一次刷新时，授权服务器就会说“不”。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('Until the refresh token would have expired', '直到刷新令牌本来的到期时间'),
            isRight: false,
            why: p(
              'That one is an opaque name that is looked up in the store, and a revoked one cannot be used again.',
              '刷新令牌是不透明的名字，要在存储里查；吊销之后就不能再用。',
              'RFC 6749 §1.5',
              'RFC 7009 §2.1',
            ),
          },
        ],
      },
      do: [
        { do: 'revoke-device', client: 'phone', label: w('End the phone, as the operator', '以操作员身份终止手机') },
        onPhone,
        { do: 'refresh', client: 'phone', label: w('Refresh on the phone', '在手机上刷新') },
        waitSix,
        onPhone,
      ],
      check: [
        verdicts(
          ['allowed', 'token-revoked', 'token-expired'],
          w('Still good, no successor, and over within five minutes', '还有效，换不到新的，五分钟内结束'),
        ),
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'active',
          atLeast: 2,
          atMost: 2,
          label: w('The other two devices are as before', '另外两台设备不受影响'),
        },
        {
          check: 'accepted-after-revocation',
          atLeast: 1,
          atMost: 1,
          label: w('The stopwatch counted what got through meanwhile', '秒表数到了这期间通过的请求'),
        },
      ],
      pins: ['credential', 'duration'],
      diff: [1, 3],
      notes: {
        minutes: 3,
        ask: w(
          'Five minutes of reading a feed, or five minutes of sending money: is the answer the same?',
          '五分钟看动态，和五分钟转账：答案一样吗？',
        ),
      },
    },
    {
      id: 'denylist-by-device',
      title: w('Where five minutes are too long', '五分钟也嫌长的地方'),
      goal: w('One device out at once, by one row; the other works on', '一行就让一台设备立刻下线；另一台照常使用'),
      narrative: [
        p(
          'Some services cannot wait. They keep a list of ended logins and look there after the signature: one row by `sid` ends every token of that device, on every service that reads the list.',
          '有些服务等不起。它们保存一份已终止登录的列表，验证签名之后去查：按 `sid` 存一行，就能让那台设备的所有令牌在每个读列表的服务上失效。',
          'OWASP ASVS 5 V7.4.1',
        ),
        w('Now the tablet is lost as well.', '现在平板也丢了。'),
      ],
      predict: {
        question: w('The tablet is ended. What becomes of the TV?', '终止平板。电视会怎样？'),
        choices: [
          {
            text: w('It is out, too: same account', '也下线：同一个账户'),
            isRight: false,
            why: p(
              'That would be a not-before time, which is kept for each user. The row on the list names one login.',
              '那是签发时间下限的效果，它是按用户保存的。列表上的那一行指明的是一次登录。',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
          {
            text: w('It works on', '照常使用'),
            isRight: true,
            why: here('Its tokens carry another `sid`, and that one is not on the list.', '它的令牌带着另一个 `sid`，不在列表上。'),
          },
          {
            text: w('It works on one service only', '只在一个服务上能用'),
            isRight: false,
            why: here('All services read the same list here, and none has it.', '这里所有服务读同一份列表，上面都没有它。'),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { revocation: 'denylist' },
          label: w('Let the services look at a denylist', '让各服务查吊销名单'),
        },
        { do: 'refresh', client: 'tablet', label: w('Refresh on the tablet', '在平板上刷新') },
        { do: 'refresh', client: 'tv', label: w('Refresh on the TV', '在电视上刷新') },
        { do: 'revoke-device', client: 'tablet', label: w('End the tablet, as the operator', '以操作员身份终止平板') },
        onTablet,
        onTablet,
        onTv,
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'token-revoked', 'token-revoked', 'allowed'],
          w('The tablet is out on two services; the TV works', '平板在两个服务上都被拒绝；电视能用'),
        ),
        {
          check: 'step',
          nth: 3,
          kind: 'token-denylist',
          outcome: 'fail',
          evidence: { claim: 'sid' },
          label: w('The list had its login, by `sid`', '列表里有它的登录，用 `sid` 指明'),
        },
        { check: 'revocation', what: 'rows-kept', atLeast: 1, atMost: 1, label: w('One row was enough', '一行就够了') },
        { check: 'revocation', what: 'collateral', atMost: 0, label: w('No other token ended along with it', '没有别的令牌一起失效') },
        { check: 'accepted-after-revocation', atMost: 0, label: w('No request got through afterwards', '此后没有请求通过') },
      ],
      after: [
        p(
          'The list stays small. After its `exp` a token must not be accepted anyway, so a row can go once the last token that it names has expired on every node, however lenient. With tokens of five minutes that takes minutes, with tokens of a day a day.',
          '这份列表一直很小。过了 `exp`，令牌本来就不得接受，所以它所指的最后一个令牌在每个节点（无论多宽限）上都过期之后，那一行就可以删掉。令牌有效五分钟，只需存几分钟；有效一天，就得存一天。',
          'RFC 7519 §4.1.4',
        ),
      ],
      pins: ['credential', 'duration'],
      diff: [3, 5],
      notes: {
        minutes: 4,
        say: w(
          'Not every service has to ask. Payments look at the list, the feed waits five minutes. That choice is the design.',
          '不是每个服务都得查。支付查列表，动态等五分钟。怎么选，就是设计。',
        ),
        watchFor: w(
          '"Now we have a session store again." Ask how many requests have to ask it, and what happens to the others when it is away.',
          '有人会说“这不又有会话存储了吗”。问问有多少请求必须查它，它不在时其他请求会怎样。',
        ),
      },
    },
  ],
})
