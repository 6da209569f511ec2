import { call, here, lesson, login, p, verdict, verdicts, w } from './write.ts'

/** A JSON Web Token: everybody who has it can read it, and nobody without the key can change it. */
export const whatAJwtIs = lesson({
  id: 'what-a-jwt-is',
  title: w('What a JWT is: readable, not changeable', 'JWT 是什么：能读，不能改'),
  summary: w(
    'Bob gets a token, reads it, writes himself another role, takes the signature off, and waits: what the server believes of it, and when.',
    'Bob 拿到一个令牌，读它，给自己写上另一个角色，去掉签名，再等它过期：服务器相信其中的什么，什么时候相信。',
  ),
  minutes: 12,
  level: 'basic',
  lab: { nodes: 1, clients: [{ id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' }] },
  steps: [
    {
      id: 'log-in',
      title: w('Get a token', '取得令牌'),
      goal: w('A signed token, and no session', '有签名的令牌，没有会话'),
      narrative: [
        p(
          'At login the server writes down what it knows of Bob as **claims**, signs them, and hands the text over. No session is kept for it.',
          '登录时，服务器把它所知道的 Bob 的情况写成**声明**，签上名，把这段文本交出去。它不为此保存会话。',
          'RFC 7519 §1',
          'RFC 7515 §5.1',
        ),
        p(
          'From then on Bob sends that text with each request, as `Authorization: Bearer`.',
          '此后 Bob 在每个请求里用 `Authorization: Bearer` 发送这段文本。',
          'RFC 6750 §2.1',
        ),
      ],
      do: [login('bob', w('Log Bob in', '让 Bob 登录'))],
      check: [
        verdict(1, 'allowed', w('The login is allowed', '登录被允许')),
        {
          check: 'claim',
          nth: 1,
          in: 'response',
          name: 'sub',
          is: 'bob',
          label: w('The token says whom it is about: `sub` is bob', '令牌写明是关于谁的：`sub` 是 bob'),
        },
        { check: 'claim', nth: 1, in: 'response', name: 'exp', label: w('The token says when it ends: `exp`', '令牌写明何时失效：`exp`') },
        { check: 'session-count', account: 'bob', atMost: 0, label: w('The store has no session of Bob', '存储里没有 Bob 的会话') },
      ],
      pins: ['credential', 'bytes'],
      notes: {
        minutes: 2,
        say: w(
          'With a session the server remembers Bob. With a token Bob carries what there is to remember.',
          '用会话时，是服务器记着 Bob；用令牌时，是 Bob 带着该记的东西。',
        ),
      },
    },
    {
      id: 'read-it',
      title: w('Read it', '读它'),
      goal: w('The server checked it without a store', '服务器没有用存储就验证了它'),
      narrative: [
        p(
          'A signed JWT has three parts with dots between them: header, payload, signature. Each is base64url, which is a way of writing and no encryption.',
          '签名的 JWT 由点号隔开的三部分组成：头部、载荷、签名。每部分都是 base64url，那只是一种写法，不是加密。',
          'RFC 7515 §7.1',
          'RFC 7515 §2',
        ),
        w(
          'Open the request in the Inspector, tab Credential, and read what it says of Bob.',
          '在检查器里打开这个请求，在“凭证”标签页里读一读它写了 Bob 的什么。',
        ),
      ],
      predict: {
        question: w('Who can read the claims of this token?', '谁能读到这个令牌里的声明？'),
        choices: [
          {
            text: w('Only the server that signed it', '只有签发它的服务器'),
            isRight: false,
            why: p(
              'To sign takes the key, and to verify takes it as well. To read, no key is needed: the middle part is base64url, and everybody can undo that.',
              '签名要用密钥，验证也要用。读它不需要密钥：中间那部分是 base64url，谁都能还原。',
              'RFC 7515 §7.1',
              'RFC 7515 §2',
            ),
          },
          {
            text: w('Whoever has the token', '拿到令牌的任何人'),
            isRight: true,
            why: p(
              'A signature protects against change and hides nothing. What nobody else may read does not belong into a token that is only signed; that would take an encrypted one (JWE).',
              '签名防止改动，但什么也不隐藏。不该让别人读到的内容，不应放进只签名的令牌；那需要加密的令牌（JWE）。',
              'RFC 7519 §12',
            ),
          },
          {
            text: w('Whoever knows the key', '知道密钥的人'),
            isRight: false,
            why: p(
              'This token is made with a key that whoever verifies has as well, and whoever has it can make tokens. Reading is open to all.',
              '这个令牌所用的密钥，验证方也持有；有了它，就能制作令牌。读则对所有人开放。',
              'RFC 7515 §10.5',
            ),
          },
        ],
      },
      do: [call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me'))],
      check: [
        verdict(1, 'allowed', w('The request is allowed', '请求被允许')),
        {
          check: 'claim',
          nth: 1,
          in: 'request',
          name: 'role',
          is: 'user',
          label: w('The token says `role`: user', '令牌写着 `role`：user'),
        },
        { check: 'step', nth: 1, kind: 'token-signature', outcome: 'pass', label: w('The signature was verified', '签名已验证') },
        { check: 'session-reads', nth: 1, atMost: 0, label: w('No session was looked up', '没有查询任何会话') },
      ],
      notes: {
        minutes: 2,
        watchFor: w(
          '"It looks encrypted." Let them decode the middle part by hand.',
          '有人会说“看起来是加密的”。让他们亲手解码中间那部分。',
        ),
      },
    },
    {
      id: 'change-a-claim',
      title: w('Promote yourself', '给自己升职'),
      goal: w('The signature does not fit any more', '签名不再相符'),
      narrative: [
        here(
          'Only admins may list users. First Bob asks as he is. Then he writes `admin` into the `role` claim of a copy, and leaves the signature as it was.',
          '只有管理员可以列出用户。Bob 先照实请求。然后他在副本的 `role` 声明里写上 `admin`，签名保持原样。',
        ),
      ],
      predict: {
        question: w('What does the server say to the changed token?', '服务器对改过的令牌怎么说？'),
        choices: [
          {
            text: w('200: it says admin', '200：上面写着 admin'),
            isRight: false,
            why: p(
              'The signature is verified before anything in the token is believed, so the server never looked at the role.',
              '先验证签名，才相信令牌里的内容，所以服务器根本没看那个角色。',
              'OWASP ASVS 5 V9.1.1',
              'RFC 8725 §3.3',
            ),
          },
          {
            text: w('401: the signature is wrong', '401：签名不对'),
            isRight: true,
            why: p(
              'The signature was made over header and payload. Another payload has another signature, and making one takes the key.',
              '签名是对头部和载荷计算的。载荷变了，签名也要变，而计算它需要密钥。',
              'RFC 7515 §5.1',
              'RFC 7515 §5.2',
            ),
          },
          {
            text: w('403: Bob is no admin', '403：Bob 不是管理员'),
            isRight: false,
            why: p(
              'That is the answer to the honest token: who he is was clear, what he may do was not enough. To the changed one it is not clear who is asking.',
              '那是对未改动的令牌的响应：他是谁很清楚，只是权限不够。对改过的令牌，连请求者是谁都不清楚。',
              'RFC 9110 §15.5.4',
              'RFC 6750 §3.1',
            ),
          },
        ],
      },
      do: [
        call('bob', 'GET /admin/users', w('List users as Bob', '以 Bob 的身份列出用户')),
        {
          do: 'tamper',
          client: 'bob',
          request: 'GET /admin/users',
          change: { part: 'claim', name: 'role', value: 'admin' },
          label: w('List users with `role` changed to admin', '把 `role` 改成 admin 后列出用户'),
        },
      ],
      check: [
        verdicts(
          ['insufficient-role', 'bad-signature'],
          w('Not enough as he is; not believed when changed', '照实不够权限；改了就不被相信'),
        ),
        { check: 'step', nth: 2, kind: 'token-signature', outcome: 'fail', label: w('It was the signature that failed', '失败的是签名') },
        { check: 'no-step', nth: 2, kind: 'role', label: w('The role was not even looked at', '连角色都没有看') },
      ],
      pins: ['credential', 'bytes'],
      diff: [1, 2],
      notes: { minutes: 3, ask: w('Which part of the two tokens differs, and which is the same?', '两个令牌哪部分不同，哪部分相同？') },
    },
    {
      id: 'break-the-signature',
      title: w('Break the signature, then take it off', '弄坏签名，再把它去掉'),
      goal: w('Both are refused', '两者都被拒绝'),
      narrative: [
        p(
          'One changed character is enough to break it. And a token can claim to need none: its header then says `"alg": "none"`. A server must not accept that unless it was told to.',
          '改一个字符就足以让签名失效。令牌还可以自称不需要签名：头部写 `"alg": "none"`。除非明确配置为接受，服务器不得接受它。',
          'RFC 7518 §3.6',
          'RFC 8725 §3.2',
        ),
      ],
      do: [
        {
          do: 'tamper',
          client: 'bob',
          request: 'GET /me',
          change: { part: 'signature', how: 'flip' },
          label: w('Call /me with one character of the signature changed', '改动签名的一个字符后调用 /me'),
        },
        {
          do: 'tamper',
          client: 'bob',
          request: 'GET /me',
          change: { part: 'signature', how: 'drop' },
          label: w('Call /me with `alg` none and no signature', '用 `alg` none、不带签名调用 /me'),
        },
      ],
      check: [
        verdicts(
          ['bad-signature', 'unsupported-algorithm'],
          w('A wrong signature, and an algorithm that is not on the list', '签名错误，以及不在允许列表里的算法'),
        ),
        {
          check: 'step',
          nth: 2,
          kind: 'token-algorithm',
          outcome: 'fail',
          label: w('The list of allowed algorithms stopped it', '是允许算法的列表拦住了它'),
        },
      ],
      after: [
        p(
          'The token does not choose how it is checked: the server has a list of algorithms, and each key is for one of them.',
          '怎样检查令牌不由令牌自己决定：服务器有一份算法列表，每个密钥只用于其中一种。',
          'RFC 8725 §3.1',
        ),
      ],
      notes: { minutes: 2 },
    },
    {
      id: 'wait',
      title: w('Wait until it ends', '等它失效'),
      goal: w('Refused at its `exp`, and not before', '到 `exp` 才被拒绝，之前不会'),
      narrative: [
        p(
          'This token lives 15 minutes. It must not be accepted on or after the time in `exp`. Until then this server asks nothing but what the token says and its signature.',
          '这个令牌有效 15 分钟。到达或超过 `exp` 所写的时间，就不得再接受它。在那之前，这个服务器只看令牌的内容和签名。',
          'RFC 7519 §4.1.4',
        ),
      ],
      do: [
        login('bob', w('Log Bob in again', '让 Bob 再次登录')),
        { do: 'move-clock', seconds: 840, label: w('Move the lab clock 14 minutes ahead', '把实验时钟拨快 14 分钟') },
        call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me')),
        { do: 'move-clock', seconds: 120, label: w('Two minutes more', '再快两分钟') },
        call('bob', 'GET /me', w('Call /me again', '再次调用 /me')),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'token-expired'], w('Good after 14 minutes, expired after 16', '14 分钟后有效，16 分钟后过期')),
        { check: 'step', nth: 3, kind: 'token-expiry', outcome: 'fail', label: w('It was `exp`', '原因是 `exp`') },
      ],
      notes: {
        minutes: 2,
        say: w(
          'The end was written into it on the first day. Nobody has to be asked, and nobody can be asked.',
          '它的终点一开始就写在里面。不必问任何人，也没有人可问。',
        ),
      },
    },
  ],
})
