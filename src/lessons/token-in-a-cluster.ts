import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const me = call('bob', 'GET /me', w('Call /me as Bob', '以 Bob 的身份调用 /me'))
const FAST_SECONDS = 960

/** A token on every node: what all of them have to agree on is the time and the keys. */
export const tokenInACluster = lesson({
  id: 'token-in-a-cluster',
  title: w('Token in a cluster: clocks and keys', '集群中的令牌：时钟与密钥'),
  summary: w(
    'No node remembers Bob, and every node knows him. Then one clock is fast, and one node misses a new key: the two ways in which a token fails in a cluster.',
    '没有节点记得 Bob，却每个节点都认得他。然后一个时钟走快了，一个节点错过了新密钥：这是令牌在集群中出错的两种方式。',
  ),
  minutes: 13,
  level: 'intermediate',
  lab: {
    nodes: 3,
    settings: { store: 'memory', strategy: 'round-robin' },
    clients: [{ id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' }],
  },
  steps: [
    {
      id: 'every-node',
      title: w('One login, every node', '一次登录，所有节点'),
      goal: w('Three nodes allow what one of them issued', '一个节点签发的，三个节点都允许'),
      narrative: [
        here(
          'Three nodes, nothing shared but the key. Bob logs in at one of them and calls all three.',
          '三个节点，除了密钥什么都不共享。Bob 在其中一个上登录，然后三个都调用一遍。',
        ),
      ],
      predict: {
        question: w("How many of Bob's three calls come back 200?", 'Bob 的三次调用里，有几次返回 200？'),
        choices: [
          {
            text: w('One', '一次'),
            isRight: false,
            why: here(
              'That was the session in the memory of one node. The token brings along what has to be known.',
              '那是会话放在某个节点内存里的情形。令牌自己带着需要知道的内容。',
            ),
          },
          {
            text: w('Two', '两次'),
            isRight: false,
            why: here('No node is different from the others: all have the same key.', '各节点没有不同：密钥都一样。'),
          },
          {
            text: w('Three', '三次'),
            isRight: true,
            why: p(
              'To check a token a node needs the key and the time. It need not ask anybody, nor remember the login.',
              '节点验证令牌需要密钥和时间。它不必询问任何人，也不需要记得登录。',
              'RFC 7515 §5.2',
              'RFC 7519 §4.1.4',
              'RFC 7009 §3',
            ),
          },
        ],
      },
      do: [login('bob', w('Log Bob in', '让 Bob 登录')), me, me, me],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All are allowed', '全部被允许')),
        { check: 'nodes', are: ['node-1', 'node-2', 'node-3', 'node-1'], label: w('On three different nodes', '在三个不同的节点上') },
        { check: 'session-reads', nth: 2, atMost: 0, label: w('No session was looked up', '没有查询任何会话') },
      ],
      notes: {
        minutes: 2,
        say: w(
          'No sticky cookie, no shared store. This is what people like about tokens.',
          '没有粘性 Cookie，没有共享存储。这就是大家喜欢令牌的地方。',
        ),
      },
    },
    {
      id: 'fast-clock',
      title: w('One clock is fast', '一个时钟走快了'),
      goal: w('One node refuses what the others allow', '一个节点拒绝了其他节点允许的令牌'),
      narrative: [
        p(
          'The end of a token is a time, and each node compares it with **its own** clock. Let the clock of node-3 be 16 minutes fast; the token lives 15.',
          '令牌的终点是一个时间，每个节点用**自己的**时钟去比较。让 node-3 的时钟快 16 分钟；令牌的有效期是 15 分钟。',
          'RFC 7519 §4.1.4',
        ),
      ],
      predict: {
        question: w('Bob logs in anew and calls three times. What happens?', 'Bob 重新登录并调用三次。会发生什么？'),
        choices: [
          {
            text: w('All three are allowed', '三次都被允许'),
            isRight: false,
            why: p(
              'For node-3 it is 16 minutes later, and a token of 15 minutes is over.',
              '对 node-3 来说已经过了 16 分钟，15 分钟的令牌已经过期。',
              'RFC 7519 §4.1.4',
            ),
          },
          {
            text: w('node-3 refuses, the others allow', 'node-3 拒绝，其他节点允许'),
            isRight: true,
            why: p(
              'The same token is good and over at the same moment, depending on whom one asks. To the user it looks like chance.',
              '同一个令牌在同一时刻既有效又过期，取决于问的是谁。在用户看来像是随机的。',
              'RFC 7519 §4.1.4',
            ),
          },
          {
            text: w('All three are refused', '三次都被拒绝'),
            isRight: false,
            why: here('Nodes do not ask each other for the time.', '节点之间不会互相问时间。'),
          },
        ],
      },
      do: [
        {
          do: 'change-node',
          node: 'node-3',
          change: { clockSkewMs: FAST_SECONDS * 1000 },
          label: w('Set the clock of node-3 16 minutes fast', '把 node-3 的时钟调快 16 分钟'),
        },
        login('bob', w('Log Bob in', '让 Bob 登录')),
        me,
        me,
        me,
      ],
      check: [
        verdicts(
          ['allowed', 'token-expired', 'allowed', 'allowed'],
          w('Refused by the node with the fast clock alone', '只有时钟快的节点拒绝'),
        ),
        { check: 'node', nth: 2, is: 'node-3', label: w('It was node-3', '是 node-3') },
        { check: 'step', nth: 2, kind: 'token-expiry', outcome: 'fail', label: w('The step that failed is `exp`', '失败的一步是 `exp`') },
        { check: 'same-credential', of: [2, 3], label: w('The next node allowed the very same token', '下一个节点允许了同一个令牌') },
      ],
      pins: ['credential', 'duration'],
      diff: [2, 3],
      notes: {
        minutes: 3,
        ask: w('How would you find this in a log?', '你会怎样在日志里发现这个问题？'),
        ifStuck: w(
          'The order of nodes counts here. Reset the step when other requests came in between.',
          '这里节点的顺序很重要。如果中间插进了别的请求，就重置本步。',
        ),
      },
    },
    {
      id: 'leeway',
      title: w('Be a little lenient', '宽容一点'),
      goal: w('Five minutes of leeway bridge the difference', '五分钟的宽限弥补了差距'),
      narrative: [
        p(
          'A verifier may allow for clocks that differ: some small leeway, usually no more than a few minutes. Keeping clocks in step is better; leeway also makes every token live longer.',
          '验证方可以考虑时钟的差异：给一点宽限，通常不超过几分钟。让时钟保持一致更好；宽限也会让每个令牌活得更久。',
          'RFC 7519 §4.1.4',
        ),
      ],
      do: [
        {
          do: 'change-cluster',
          change: { leewaySeconds: 300 },
          label: w('Allow five minutes of leeway on all nodes', '所有节点允许五分钟的宽限'),
        },
        login('bob', w('Log Bob in', '让 Bob 登录')),
        me,
        me,
        me,
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All nodes allow it', '所有节点都允许')),
        {
          check: 'cluster',
          name: 'leewaySeconds',
          is: 300,
          label: w('Every node works with 300 seconds of leeway', '每个节点都用 300 秒的宽限'),
        },
      ],
      pins: ['credential', 'duration'],
      notes: {
        minutes: 2,
        watchFor: w(
          'The clock is still wrong by 16 minutes. Leeway hides it until it is off by more.',
          '时钟仍然差 16 分钟。宽限只是掩盖了它，直到差得更多。',
        ),
      },
    },
    {
      id: 'missed-key',
      title: w('One node misses the new key', '一个节点错过了新密钥'),
      goal: w('It does not know what the token was signed with', '它不知道令牌是用什么签的'),
      narrative: [
        p(
          'Keys are replaced from time to time. The token names its key by `kid`, and each node looks that up among the keys that it has.',
          '密钥会不时更换。令牌用 `kid` 指明密钥，每个节点在自己持有的密钥里查找。',
          'RFC 7515 §4.1.4',
          'RFC 7517 §4.5',
        ),
        here(
          'Put the clock of node-3 right, let it take no new keys any more, and rotate.',
          '把 node-3 的时钟调准，让它不再接收新密钥，然后轮换密钥。',
        ),
      ],
      do: [
        {
          do: 'change-node',
          node: 'node-3',
          change: { clockSkewMs: 0, jwksFrozen: true },
          label: w('Clock right; node-3 takes no new keys', '时钟调准；node-3 不接收新密钥'),
        },
        { do: 'rotate-key', label: w('Rotate the signing key', '轮换签名密钥') },
        login('bob', w('Log Bob in', '让 Bob 登录')),
        me,
        me,
        me,
      ],
      check: [
        verdicts(['allowed', 'allowed', 'unknown-key', 'allowed'], w('Refused by the node that has no such key', '没有这个密钥的节点拒绝')),
        { check: 'node', nth: 3, is: 'node-3', label: w('It was node-3', '是 node-3') },
        {
          check: 'step',
          nth: 3,
          kind: 'token-key',
          outcome: 'fail',
          label: w('The `kid` was not among its keys', '它的密钥里没有这个 `kid`'),
        },
      ],
      pins: ['credential', 'duration'],
      diff: [2, 3],
      notes: {
        minutes: 3,
        say: w(
          'A token needs no shared store, but shared knowledge: of the time, and of the keys.',
          '令牌不需要共享存储，但需要共享的知识：时间和密钥。',
        ),
      },
    },
    {
      id: 'all-keys',
      title: w('Let it have the key', '让它拿到密钥'),
      goal: w('Every node allows the token again', '所有节点又都允许这个令牌'),
      narrative: [
        p(
          'As soon as node-3 has the new key it knows the token that it refused a moment ago. Whoever rotates keeps the older keys for a reasonable time, here as long as a token of theirs can be out: nobody is logged out by a rotation.',
          'node-3 一拿到新密钥，就认得刚才拒绝的令牌了。轮换时，旧密钥要再保留一段合理的时间，这里是直到不可能再有它签的令牌：轮换不会让任何人登出。',
          'OpenID Connect Core §10.1.1',
        ),
      ],
      do: [
        {
          do: 'change-node',
          node: 'node-3',
          change: { jwksFrozen: false },
          label: w('Let node-3 take new keys again', '让 node-3 重新接收新密钥'),
        },
        me,
        me,
        me,
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed'], w('Allowed everywhere', '到处都被允许')),
        { check: 'same-credential', of: [1, 2], label: w('It is the token from before', '还是之前的那个令牌') },
      ],
      notes: { minutes: 1 },
    },
  ],
})
