import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const aliceMe = call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me'))
const bobMe = call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me'))
const rotate = { do: 'rotate-key', label: w('Rotate the signing key', '轮换签名密钥') } as const
const showKeys = call('bob', 'GET /.well-known/jwks.json', w('Fetch the published keys', '取得已发布的密钥'), { credential: 'none' })

/** A new signing key while everybody works; a node that misses it; and the day on which a key leaks. */
export const keyRotation = lesson({
  id: 'key-rotation',
  title: w('Key rotation without logging anyone out', '轮换密钥而不登出任何人'),
  summary: w(
    'The signing key is replaced while Alice and Bob work, and neither notices: the old key verifies a while longer. Then a node misses the new one. Then the key leaks, and nobody may wait.',
    '在 Alice 和 Bob 工作时更换签名密钥，谁也没有察觉：旧密钥还会继续用于验证一段时间。然后有个节点错过了新密钥。再后来密钥泄露了，一刻也不能等。',
  ),
  minutes: 14,
  level: 'advanced',
  lab: {
    nodes: 2,
    algorithm: 'ES256',
    settings: { store: 'sqlite', strategy: 'round-robin', revocation: 'none' },
    clients: [
      { id: 'alice', name: 'Alice', account: 'alice', device: 'Laptop', mechanism: 'jwt-bearer' },
      { id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' },
      { id: 'bob-phone', name: 'Bob·Phone', account: 'bob', device: 'Phone', mechanism: 'session' },
    ],
  },
  steps: [
    {
      id: 'one-key',
      title: w('One key for all', '所有人用一个密钥'),
      goal: w('Alice has a token of the first key', 'Alice 有一个由第一个密钥签的令牌'),
      narrative: [
        p(
          'Tokens are signed by ES256 in this lesson: with a private key that only the issuer has. Whoever verifies needs the public one, which the issuer publishes as a JWK Set.',
          '本课的令牌用 ES256 签名：私钥只有签发者持有。验证方需要公钥，由签发者以 JWK Set 的形式发布。',
          'RFC 7518 §3.4',
          'RFC 7517 §5',
          'OpenID Connect Core §10.1.1',
        ),
        p(
          'The header of each token names its key by `kid`. Open the answer with the keys in the Inspector and find it there.',
          '每个令牌的头部用 `kid` 指明密钥。在检查器里打开返回密钥的响应，找到它。',
          'RFC 7515 §4.1.4',
        ),
      ],
      do: [login('alice', w('Log Alice in', '让 Alice 登录')), aliceMe, showKeys],
      check: [
        verdicts(['allowed', 'allowed', 'not-auth'], w('Logged in, allowed, keys fetched', '已登录，被允许，已取得密钥')),
        {
          check: 'step',
          nth: 2,
          kind: 'token-key',
          outcome: 'pass',
          label: w('The node found the key by its `kid`', '节点按 `kid` 找到了密钥'),
        },
        { check: 'keys', state: 'signing', atLeast: 1, atMost: 1, label: w('One key signs', '一个密钥用于签名') },
        { check: 'keys', state: 'verifying', atMost: 0, label: w('No other one verifies', '没有别的密钥用于验证') },
      ],
      pins: ['credential', 'bytes'],
      notes: { minutes: 2 },
    },
    {
      id: 'overlap',
      title: w('Rotate while they work', '在工作中轮换'),
      goal: w('Two keys verify, one signs, nobody is out', '两个密钥用于验证，一个用于签名，没有人下线'),
      narrative: [
        p(
          'A new key is made and signs from now on; its `kid` tells whoever verifies. The one before stays in the set for a while.',
          '生成一个新密钥，从现在起用它签名；`kid` 会告诉验证方。之前的那个还会在集合里保留一段时间。',
          'OpenID Connect Core §10.1.1',
        ),
      ],
      predict: {
        question: w("What becomes of Alice's token, signed with the old key?", 'Alice 的令牌是旧密钥签的，它会怎样？'),
        choices: [
          {
            text: w('Refused: the key has changed', '被拒绝：密钥换了'),
            isRight: false,
            why: p(
              'Her token names the old key, and that one is still among the keys that verify.',
              '她的令牌指明的是旧密钥，而它仍在用于验证的密钥之中。',
              'RFC 7517 §4.5',
            ),
          },
          {
            text: w('It works on', '照常能用'),
            isRight: true,
            why: p(
              'The older key is kept for a reasonable time, here for as long as a token of it can be out. The `kid` says which of the two to use.',
              '旧密钥会保留一段合理的时间，这里是只要它签的令牌还可能在外面。用两个中的哪一个，由 `kid` 指明。',
              'OpenID Connect Core §10.1.1',
              'RFC 7517 §4.5',
            ),
          },
          {
            text: w('It is signed anew', '它会被重新签名'),
            isRight: false,
            why: here(
              'The server keeps no token to sign anew, and the client only sends what it was given. It gets a token of the new key with its next refresh.',
              '服务器没有保存令牌，也就无从重新签名；客户端只会发送它得到的那个。下一次刷新时，它会得到新密钥签的令牌。',
            ),
          },
        ],
      },
      do: [rotate, aliceMe, aliceMe, login('bob', w('Log Bob in', '让 Bob 登录')), bobMe, showKeys],
      check: [
        verdicts(
          ['allowed', 'allowed', 'allowed', 'allowed', 'not-auth'],
          w('The old token and the new one are both good', '旧令牌和新令牌都有效'),
        ),
        { check: 'nodes', are: ['node-2', 'node-1', 'node-2', 'node-1', 'node-2'], label: w('On both nodes', '在两个节点上都是') },
        { check: 'keys', state: 'verifying', atLeast: 1, atMost: 1, label: w('The old key verifies', '旧密钥仍用于验证') },
      ],
      pins: ['credential', 'bytes'],
      diff: [1, 4],
      notes: {
        minutes: 3,
        say: w('Sign with one, verify with two. That is the whole trick.', '用一个签名，用两个验证。诀窍就在这里。'),
        ask: w('How long does the old one have to stay?', '旧密钥要保留多久？'),
      },
    },
    {
      id: 'old-key-retires',
      title: w('When the old key may go', '旧密钥什么时候可以走'),
      goal: w('Retired when no token of it can be good', '不可能再有它签的有效令牌时停用'),
      narrative: [
        here(
          'The lab keeps the old key until every token that it signed has expired, for the most lenient node, too. Move the clock past that.',
          '实验室会保留旧密钥，直到它签的每个令牌都过期，在最宽限的节点上也过期。把时钟拨到那之后。',
        ),
      ],
      predict: {
        question: w('What does Alice have to do now?', 'Alice 现在要做什么？'),
        choices: [
          {
            text: w('Log in again: her key is gone', '重新登录：她的密钥没了'),
            isRight: false,
            why: p(
              'Her access token is over in any case. The refresh token is a random name in a store, by which the server finds what it once granted: no key signed it, and none can take it away.',
              '她的访问令牌反正已经到期。刷新令牌是存储里的一个随机名字，服务器凭它查到当初的授权：没有密钥签过它，也就没有密钥能带走它。',
              'RFC 6749 §1.5',
            ),
          },
          {
            text: w('Nothing: her client refreshes as always', '什么也不用做：客户端照常刷新'),
            isRight: true,
            why: p(
              'Her access token has become invalid, so the client gets another one for the refresh token: one of the new key. The key went out of use by itself, because tokens are short.',
              '她的访问令牌失效了，客户端就用刷新令牌换取另一个：由新密钥签的。旧密钥自然而然地停用了，因为令牌有效期很短。',
              'RFC 6749 §1.5',
            ),
          },
        ],
      },
      do: [
        { do: 'move-clock', seconds: 1500, label: w('Move the lab clock 25 minutes ahead', '把实验时钟拨快 25 分钟') },
        aliceMe,
        { do: 'refresh', client: 'alice', label: w("Alice's client refreshes", 'Alice 的客户端刷新') },
        aliceMe,
        aliceMe,
      ],
      check: [
        verdicts(
          ['unknown-key', 'allowed', 'allowed', 'allowed'],
          w('The old token is over, and a refresh is enough', '旧令牌到期了，刷新一次就够'),
        ),
        { check: 'keys', state: 'verifying', atMost: 0, label: w('The old key does not verify any more', '旧密钥不再用于验证') },
        { check: 'keys', state: 'retired', atLeast: 1, label: w('It is retired', '它已停用') },
      ],
      pins: ['credential', 'duration'],
      diff: [1, 3],
      notes: {
        minutes: 2,
        watchFor: w(
          'The verdict is `unknown-key` and not `token-expired`: without the key no claim is trusted, `exp` included.',
          '结论是 `unknown-key` 而不是 `token-expired`：没有密钥，任何声明都不可信，包括 `exp`。',
        ),
      },
    },
    {
      id: 'frozen-node',
      title: w('A node that misses the new key', '错过新密钥的节点'),
      goal: w('One node refuses until it has the key', '一个节点拒绝，直到拿到密钥'),
      narrative: [
        here(
          'node-2 takes no new keys for now: its cache is too long, or its fetch fails. The next rotation comes, and the new key signs at once.',
          'node-2 暂时不接收新密钥：缓存时间太长，或者获取失败。下一次轮换来了，新密钥立刻开始签名。',
        ),
      ],
      do: [
        {
          do: 'change-node',
          node: 'node-2',
          change: { jwksFrozen: true },
          label: w('Let node-2 take no new keys', '让 node-2 不接收新密钥'),
        },
        rotate,
        login('bob', w('Log Bob in', '让 Bob 登录')),
        bobMe,
        bobMe,
        aliceMe,
        aliceMe,
        {
          do: 'change-node',
          node: 'node-2',
          change: { jwksFrozen: false },
          label: w('Let node-2 take keys again', '让 node-2 重新接收密钥'),
        },
        bobMe,
        bobMe,
      ],
      check: [
        verdicts(
          ['allowed', 'unknown-key', 'allowed', 'allowed', 'allowed', 'allowed', 'allowed'],
          w('Only the new token, only on that node, only until it has the key', '只有新令牌、只在那个节点上、只在拿到密钥之前'),
        ),
        { check: 'node', nth: 2, is: 'node-2', label: w('It was node-2 that refused', '拒绝的是 node-2') },
        { check: 'same-credential', of: [2, 3], label: w('node-1 allowed the very same token', 'node-1 允许了同一个令牌') },
      ],
      after: [
        p(
          'Two cures. A verifier that meets an unknown `kid` fetches the set again. And since an issuer begins to use a new key when it likes, a patient one publishes it first and signs with it only when every cache must have it.',
          '两种办法。验证方遇到不认识的 `kid` 时重新获取密钥集。而签发者何时启用新密钥由自己决定：有耐心的签发者先发布它，等到每个缓存都必定有了它，再用它签名。',
          'OpenID Connect Core §10.1.1',
        ),
      ],
      pins: ['credential', 'duration'],
      diff: [2, 3],
      notes: {
        minutes: 3,
        ask: w('How long do your services cache the key set?', '你们的服务把密钥集缓存多久？'),
        ifStuck: w(
          'The order of nodes counts here: reset the step when other requests came in between. Bob has to log in at node-1; node-2 would sign with its old key.',
          '这里节点的顺序很重要：如果中间插进了别的请求，就重置本步。Bob 必须在 node-1 上登录；node-2 会用它的旧密钥签名。',
        ),
      },
    },
    {
      id: 'emergency',
      title: w('The key has leaked', '密钥泄露了'),
      goal: w('Every access token is refused; no login is lost', '所有访问令牌都被拒绝；登录一个也没丢'),
      narrative: [
        p(
          'Whoever has the private key can make tokens for anybody. There is no overlap now: all older keys go at once.',
          '拿到私钥的人可以为任何人制作令牌。这时不能有重叠：所有旧密钥立刻作废。',
          'RFC 7515 §10.2',
        ),
        here('Bob is also logged in on the phone, by a session.', 'Bob 在手机上也登录着，用的是会话。'),
      ],
      predict: {
        question: w('Who has to type a password?', '谁得输入密码？'),
        choices: [
          {
            text: w('Everybody', '所有人'),
            isRight: false,
            why: here(
              'Only what this key signed is worthless. The session cookie is signed with another secret, and the refresh token with none.',
              '作废的只是这个密钥签过的东西。会话 Cookie 是用另一个密钥签的，刷新令牌则没有签名。',
            ),
          },
          {
            text: w('Alice and Bob on the laptops (JWT)', '笔记本电脑上的 Alice 和 Bob（JWT）'),
            isRight: false,
            why: p(
              'Their access tokens are refused at once. Their clients refresh, as they do every 15 minutes anyway.',
              '他们的访问令牌立刻被拒绝。客户端随即刷新，反正每 15 分钟也要刷新一次。',
              'RFC 6749 §1.5',
            ),
          },
          {
            text: w('Nobody', '没有人'),
            isRight: true,
            why: p(
              'An access token that has become invalid is replaced by a refresh token, and these are opaque names in a store that no key has signed. Without them this button would log out everybody who has a token.',
              '访问令牌失效了，用刷新令牌换取新的，而刷新令牌是存储里不透明的名字，没有密钥签过它。没有刷新令牌，按下这个按钮就会让所有持有令牌的人登出。',
              'RFC 6749 §1.5',
            ),
          },
        ],
      },
      do: [
        login('bob-phone', w('Log Bob in on the phone (session)', '让 Bob 在手机上登录（会话）')),
        { do: 'rotate-key', emergency: true, label: w('Replace the key in an emergency', '紧急更换密钥') },
        aliceMe,
        bobMe,
        call('bob-phone', 'GET /me', w('Call /me on the phone (session)', '在手机上调用 /me（会话）')),
        { do: 'refresh', client: 'alice', label: w("Alice's client refreshes", 'Alice 的客户端刷新') },
        aliceMe,
      ],
      check: [
        verdicts(
          ['allowed', 'unknown-key', 'unknown-key', 'allowed', 'allowed', 'allowed'],
          w('Tokens of the old keys are refused; session and refresh go on', '旧密钥的令牌被拒绝；会话和刷新照常'),
        ),
        { check: 'keys', state: 'verifying', atMost: 0, label: w('No older key verifies any more', '没有旧密钥再用于验证') },
      ],
      pins: ['credential', 'session-reads'],
      diff: [2, 6],
      notes: {
        minutes: 2,
        say: w('Press this button once a year on purpose, so that you dare to when it counts.', '每年故意按一次这个按钮，真需要时才敢按。'),
      },
    },
    {
      id: 'emergency-and-frozen',
      title: w('The emergency that a node missed', '有个节点错过了紧急更换'),
      goal: w('The leaked key is still good on one node', '泄露的密钥在一个节点上仍然有效'),
      narrative: [
        here(
          'Once more, with node-2 out of reach. An emergency is over only when the last verifier has heard of it.',
          '再来一次，这回 node-2 联系不上。最后一个验证方得知之后，紧急情况才算结束。',
        ),
      ],
      predict: {
        question: w("Bob's token is of the leaked key. What does node-2 say to it?", 'Bob 的令牌是泄露的密钥签的。node-2 会怎么说？'),
        choices: [
          {
            text: w('401: the key is retired', '401：密钥已停用'),
            isRight: false,
            why: here('That is what node-1 says. node-2 has not heard of it.', 'node-1 会这么说。node-2 还没有得知。'),
          },
          {
            text: w('200', '200'),
            isRight: true,
            why: p(
              'It verifies with the keys that it has, and the leaked one is among them. Whoever has that key can pass for the issuer there: a forged token would be good as well.',
              '它用自己持有的密钥验证，泄露的那个也在其中。拿到那个密钥的人在那里就能冒充签发者：伪造的令牌同样有效。',
              'RFC 7515 §10.2',
            ),
          },
          {
            text: w('503: it cannot tell', '503：它无法判断'),
            isRight: false,
            why: p(
              'It would have to know that its keys are old. A node may go on with a stale key set for a limited time while the issuer does not answer; one that fails closed stops after that.',
              '那它得知道自己的密钥已经旧了。签发者没有响应时，节点可以在有限的时间内继续使用旧的密钥集；稳妥的节点过后就停用。',
              'RFC 5861 §4',
            ),
          },
        ],
      },
      do: [
        { do: 'refresh', client: 'bob', label: w("Bob's client refreshes", 'Bob 的客户端刷新') },
        {
          do: 'change-node',
          node: 'node-2',
          change: { jwksFrozen: true },
          label: w('Let node-2 take no new keys', '让 node-2 不接收新密钥'),
        },
        { do: 'rotate-key', emergency: true, label: w('Replace the key in an emergency', '紧急更换密钥') },
        bobMe,
        bobMe,
        {
          do: 'change-node',
          node: 'node-2',
          change: { jwksFrozen: false },
          label: w('Let node-2 take keys again', '让 node-2 重新接收密钥'),
        },
        bobMe,
        bobMe,
      ],
      check: [
        verdicts(
          ['allowed', 'unknown-key', 'allowed', 'unknown-key', 'unknown-key'],
          w('Good on one node, until it hears of it', '在一个节点上有效，直到它得知'),
        ),
        { check: 'node', nth: 3, is: 'node-2', label: w('It was node-2 that let it in', '放行的是 node-2') },
        { check: 'same-credential', of: [2, 3], label: w('node-1 had refused the same token', 'node-1 刚拒绝过同一个令牌') },
      ],
      pins: ['credential', 'duration'],
      diff: [2, 3],
      notes: { minutes: 2 },
    },
  ],
})
