import { call, lesson, login, p, verdict, verdicts, w } from './write.ts'

const me = (times = 1) => call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me'), { times })

/** Sessions in the memory of each node, behind a balancer; then affinity, a dead node, and a store that all nodes share. */
export const sessionInACluster = lesson({
  id: 'session-in-a-cluster',
  title: w('Session in a cluster: why was I logged out?', '集群中的会话：我为什么被登出？'),
  summary: w(
    'Three nodes, each with sessions in its own memory. Alice logs in once and is refused twice: find out why, and mend it two ways.',
    '三个节点，各自把会话放在自己的内存里。Alice 登录一次，却被拒绝两次：找出原因，并用两种办法修好它。',
  ),
  minutes: 12,
  level: 'intermediate',
  lab: {
    nodes: 3,
    settings: { store: 'memory', strategy: 'round-robin' },
    clients: [{ id: 'alice', name: 'Alice', account: 'alice', device: 'Laptop', mechanism: 'session' }],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Log Alice in', '让 Alice 登录'),
      goal: w('Alice has a session on node-1', 'Alice 在 node-1 上有了会话'),
      narrative: [
        p(
          'Three copies of the same application run behind a balancer. Each keeps its sessions in its **own memory**: the usual choice when an application has only ever run alone.',
          '同一个应用的三份副本运行在负载均衡器后面。每一份都把会话放在**自己的内存**里：应用一直单独运行时，这是常见的做法。',
        ),
        p(
          'On login the server makes a new session id and sends it as a cookie. From then on the browser sends the cookie with every request, and the server finds the session by it.',
          '登录时，服务器生成一个新的会话 ID，并用 Cookie 发给浏览器。此后浏览器在每个请求里带上这个 Cookie，服务器凭它找到会话。',
          'RFC 6265 §3',
          'OWASP ASVS 5 V7.2.4',
        ),
      ],
      do: [login('alice', w('Log Alice in', '让 Alice 登录'))],
      check: [
        verdict(1, 'allowed', w('The login is allowed', '登录被允许')),
        {
          check: 'set-cookie',
          nth: 1,
          name: 'sid',
          attributes: ['HttpOnly'],
          label: w('The answer sets the cookie `sid`', '应答设置了 Cookie `sid`'),
        },
        {
          check: 'node',
          nth: 1,
          is: 'node-1',
          label: w('node-1 answered, and node-1 alone has the session', '应答的是 node-1，只有 node-1 有这个会话'),
        },
      ],
      pins: ['credential', 'node-sessions'],
      notes: {
        minutes: 2,
        say: w('One login, one cookie, one node that remembers it.', '一次登录，一个 Cookie，一个记得它的节点。'),
        ifStuck: w('Press Reset step: the lab goes back to before the login.', '按“重置本步”：实验室回到登录之前。'),
      },
    },
    {
      id: 'call-three-times',
      title: w('Call /me three times', '调用 /me 三次'),
      goal: w('Three results captured', '记录到三个结果'),
      narrative: [
        p(
          'Alice logged in on **node-1**. Each node keeps sessions in its own memory, and the balancer deals requests in turn. Her cookie is the same every time.',
          'Alice 是在 **node-1** 上登录的。每个节点把会话放在自己的内存里，负载均衡器轮流分发请求。她的 Cookie 每次都一样。',
        ),
      ],
      predict: {
        question: w("How many of Alice's three calls come back 200?", 'Alice 的三次调用里，有几次返回 200？'),
        choices: [
          {
            text: w('Three', '三次'),
            isRight: false,
            why: p(
              'The cookie is right each time, but it is only a name for a session. node-2 and node-3 have no session of that name in their memory.',
              'Cookie 每次都是对的，但它只是会话的名字。node-2 和 node-3 的内存里没有叫这个名字的会话。',
            ),
          },
          {
            text: w('Two', '两次'),
            isRight: false,
            why: p(
              'Two nodes would have to know the session. Only the one that answered the login does.',
              '那就得有两个节点认识这个会话。认识它的只有应答登录的那一个。',
            ),
          },
          {
            text: w('One', '一次'),
            isRight: true,
            why: p(
              'In round robin each node gets one of the three calls, and one node has the session.',
              '轮询时，三次调用各落到一个节点，而只有一个节点有这个会话。',
            ),
          },
          {
            text: w('None', '零次'),
            isRight: false,
            why: p('One of the three calls reaches node-1, which has the session.', '三次调用中有一次会到 node-1，它有这个会话。'),
          },
        ],
      },
      do: [me(), me(), me()],
      check: [
        verdicts(
          ['unknown-session', 'unknown-session', 'allowed'],
          w('Refused by two nodes, allowed by the one with the session', '两个节点拒绝，有会话的那个节点允许'),
        ),
        { check: 'same-credential', of: [1, 3], label: w('The cookie was the same each time', '每次的 Cookie 都一样') },
        {
          check: 'step',
          nth: 1,
          kind: 'cookie-signature',
          outcome: 'pass',
          label: w('Even where it was refused, the signature of the cookie was right', '即使被拒绝，Cookie 的签名也是对的'),
        },
      ],
      after: [
        p(
          'Nothing is wrong with the cookie: its signature verified on every node, because they share the secret. What is missing on two of them is the **session itself**.',
          'Cookie 没有问题：各节点共用密钥，签名在每个节点上都验证通过。其中两个节点缺的是**会话本身**。',
        ),
      ],
      pins: ['credential', 'node-sessions'],
      diff: [1, 3],
      notes: {
        minutes: 3,
        say: w(
          'Alice did nothing wrong. Same cookie, same second. Only the node changed.',
          'Alice 什么也没做错。同样的 Cookie，同一秒钟，变的只有节点。',
        ),
        ask: w('What would the other nodes need to know to answer 200?', '其他节点要知道什么，才能返回 200？'),
        watchFor: w(
          'Some will blame the cookie. Open the first refused request in the Inspector: signature right, session not found.',
          '有人会怪 Cookie。在检查器里打开第一个被拒绝的请求：签名正确，找不到会话。',
        ),
      },
    },
  ],
})
