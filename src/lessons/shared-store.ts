import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const sessionMe = call('alice', 'GET /me', w('Call /me as Alice (session)', '以 Alice 的身份调用 /me（会话）'))
const tokenMe = call('bob', 'GET /me', w('Call /me as Bob (JWT)', '以 Bob 的身份调用 /me（JWT）'))

/** What a store that all nodes share costs, and what happens while it is away. */
export const sharedStore = lesson({
  id: 'shared-store',
  title: w('The shared store, its price and its outage', '共享存储：它的代价，和它不在的时候'),
  summary: w(
    'One store for all nodes mends the cluster. Measure what each request pays for it, then take it away: who can still work?',
    '所有节点共用一个存储，集群就好了。测一测每个请求为此付出多少，再把它拿走：谁还能工作？',
  ),
  minutes: 10,
  level: 'intermediate',
  lab: {
    nodes: 2,
    settings: { store: 'sqlite', strategy: 'round-robin' },
    clients: [
      { id: 'alice', name: 'Alice', account: 'alice', device: 'Laptop', mechanism: 'session' },
      { id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Log both in', '让两人登录'),
      goal: w('One row for Alice, none for Bob', 'Alice 有一行，Bob 没有'),
      narrative: [
        here(
          'Both nodes keep sessions in the same SQLite file. Alice uses a session, Bob a bearer token.',
          '两个节点把会话存在同一个 SQLite 文件里。Alice 用会话，Bob 用 bearer 令牌。',
        ),
      ],
      do: [login('alice', w('Log Alice in (session)', '让 Alice 登录（会话）')), login('bob', w('Log Bob in (JWT)', '让 Bob 登录（JWT）'))],
      check: [
        verdicts(['allowed', 'allowed'], w('Both are allowed', '两者都被允许')),
        { check: 'session-count', account: 'alice', atLeast: 1, label: w('The store has a session of Alice', '存储里有 Alice 的会话') },
        { check: 'session-count', account: 'bob', atMost: 0, label: w('It has none of Bob', '没有 Bob 的会话') },
      ],
      notes: { minutes: 1 },
    },
    {
      id: 'count',
      title: w('Count the questions', '数一数查询次数'),
      goal: w('One look per request, or none', '每个请求查一次，或不查'),
      narrative: [
        here(
          'Every node asks the store who a session belongs to, with every request anew. That is what makes it right on every node, and what it costs.',
          '每个节点在每个请求上都要问存储这个会话属于谁。正因如此，在哪个节点上都正确；代价也在这里。',
        ),
      ],
      do: [sessionMe, sessionMe, tokenMe],
      check: [
        verdicts(['allowed', 'allowed', 'allowed'], w('All are allowed, on both nodes', '在两个节点上都被允许')),
        { check: 'session-reads', nth: 1, atLeast: 1, label: w('The first asked the store', '第一个查询了存储') },
        {
          check: 'session-reads',
          nth: 2,
          atLeast: 1,
          label: w('So did the second: nothing is remembered in between', '第二个也查了：中间什么都不记'),
        },
        { check: 'session-reads', nth: 3, atMost: 0, label: w('The token did not', '令牌没有查') },
      ],
      pins: ['session-reads', 'duration'],
      notes: { minutes: 2 },
    },
    {
      id: 'slow',
      title: w('Make the store slow', '让存储变慢'),
      goal: w('Its delay is in every answer of a session', '它的延迟出现在会话的每个响应里'),
      narrative: [
        here(
          'A store in another data centre, or one with too much to do: add 200 ms to each use of it, and ask again.',
          '存储在另一个数据中心，或者负担太重：给每次使用它都加上 200 毫秒，再请求一次。',
        ),
      ],
      predict: {
        question: w('Who gets slower?', '谁变慢了？'),
        choices: [
          {
            text: w('Alice (session)', 'Alice（会话）'),
            isRight: true,
            why: here('Her request cannot be answered before the store has said who she is.', '存储说出她是谁之前，她的请求无法得到响应。'),
          },
          {
            text: w('Bob (JWT)', 'Bob（JWT）'),
            isRight: false,
            why: here('His token is checked with a key that each node has in memory.', '他的令牌用每个节点内存里的密钥来验证。'),
          },
          {
            text: w('Both', '两者都是'),
            isRight: false,
            why: here(
              'Only what uses the session store waits for it. Compare the two times below.',
              '只有用到会话存储的才会等它。比较下面的两个时间。',
            ),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { storeLatencyMs: 200 },
          label: w('Add 200 ms to each use of the store', '每次使用存储都加 200 毫秒'),
        },
        sessionMe,
        tokenMe,
      ],
      check: [
        verdicts(['allowed', 'allowed'], w('Both are allowed', '两者都被允许')),
        { check: 'duration', nth: 1, atLeastMs: 200, label: w('The session took 200 ms and more', '会话用了 200 毫秒以上') },
        { check: 'no-step', nth: 2, kind: 'session-lookup', label: w('The token never waited for the store', '令牌没有等过存储') },
      ],
      pins: ['session-reads', 'duration'],
      diff: [1, 2],
      notes: { minutes: 2, ask: w('How far away is your store from your nodes?', '你们的存储离节点有多远？') },
    },
    {
      id: 'outage',
      title: w('Take the store away', '把存储拿走'),
      goal: w('503 for the session, 200 for the token', '会话得到 503，令牌得到 200'),
      narrative: [
        p(
          'Now every use of the session store fails. A server that cannot tell who is asking must not let anybody through by mistake. It answers 503, which means "try again later", and not 401, which would mean "your credentials are not valid".',
          '现在每次使用会话存储都会失败。服务器无法判断请求者是谁时，不得误放任何人。它返回 503，意思是“稍后再试”，而不是 401，那意味着“你的凭证无效”。',
          'OWASP ASVS 5 V16.5.3',
          'RFC 9110 §15.6.4',
          'RFC 9110 §15.5.2',
        ),
      ],
      predict: {
        question: w('What do Alice and Bob get?', 'Alice 和 Bob 各得到什么？'),
        choices: [
          {
            text: w('503 and 200', '503 和 200'),
            isRight: true,
            why: here(
              'For Alice the store is part of every request. For Bob it is none, as long as his token lasts.',
              '对 Alice 来说，存储是每个请求的一部分。对 Bob 来说不是，只要令牌还有效。',
            ),
          },
          {
            text: w('401 and 200', '401 和 200'),
            isRight: false,
            why: p(
              '401 says that the request has no valid credentials. The server does not know that: it could not look. Alice would be thrown out although her session is fine.',
              '401 表示请求没有有效的凭证。服务器并不知道是否如此：它没法去查。Alice 的会话明明没有问题，却会被赶出去。',
              'RFC 9110 §15.5.2',
            ),
          },
          {
            text: w('503 and 503', '503 和 503'),
            isRight: false,
            why: p(
              'A self-contained token is judged without asking anybody, so nothing in its check goes to the session store.',
              '自包含的令牌不必询问任何人就能判断，所以验证它不涉及会话存储。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('200 and 200, from a cache', '200 和 200，来自缓存'),
            isRight: false,
            why: p(
              'A cache could answer, but would let in whoever has logged out meanwhile, and a session that was ended must not be used any further. This application has none.',
              '缓存能给出响应，却会放进这期间已登出的人，而已终止的会话不得再用。这个应用没有缓存。',
              'OWASP ASVS 5 V7.4.1',
            ),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { storeLatencyMs: 0, storeOut: true },
          label: w('Let every use of the store fail', '让每次使用存储都失败'),
        },
        sessionMe,
        tokenMe,
      ],
      check: [
        verdicts(['store-unavailable', 'allowed'], w('503 for Alice, 200 for Bob', 'Alice 得到 503，Bob 得到 200')),
        { check: 'status', nth: 1, is: 503, label: w('503, not 401: her session is not lost', '是 503 而不是 401：她的会话没有丢') },
        { check: 'cluster', name: 'isStoreOut', is: true, label: w('The store is out', '存储不可用') },
      ],
      pins: ['credential', 'session-reads', 'duration'],
      diff: [1, 2],
      notes: {
        minutes: 2,
        watchFor: w(
          '"So tokens are better." Ask what Bob does in 15 minutes, when he has to refresh.',
          '有人会说“所以令牌更好”。问问 15 分钟后 Bob 需要刷新时怎么办。',
        ),
      },
    },
    {
      id: 'back',
      title: w('Bring it back', '让它恢复'),
      goal: w('Alice goes on where she was', 'Alice 从原处继续'),
      narrative: [
        here('The store is there again, with all that was in it. Nobody has to log in.', '存储恢复了，里面的东西都在。谁也不必重新登录。'),
      ],
      do: [{ do: 'change-cluster', change: { storeOut: false }, label: w('End the outage', '结束故障') }, sessionMe, tokenMe],
      check: [
        verdicts(['allowed', 'allowed'], w('Both work', '两者都能用')),
        { check: 'session-row', client: 'alice', isPresent: true, label: w("Alice's row is still there", 'Alice 的那一行还在') },
      ],
      pins: ['session-reads', 'duration'],
      notes: { minutes: 1 },
    },
  ],
})
