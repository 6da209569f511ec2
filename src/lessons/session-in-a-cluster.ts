import { call, here, lesson, login, p, verdict, verdicts, w } from './write.ts'

const me = (times = 1) => call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me'), { times })

/** Sessions in the memory of each node, behind a balancer; then affinity, a dead node, and a store that all nodes share. */
export const sessionInACluster = lesson({
  id: 'session-in-a-cluster',
  title: w('Session in a cluster: why was I logged out?', '集群中的会话：我为什么被登出？'),
  summary: w(
    'Three nodes, each with sessions in its own memory. Alice logs in once and is refused twice: find out why, and mend it two ways.',
    '三个节点，各自把会话放在自己的内存里。Alice 登录一次，却被拒绝两次：找出原因，并用两种办法修好它。',
  ),
  minutes: 15,
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
        here(
          'Three copies of the same application run behind a balancer. Each keeps its sessions in its **own memory**, as the library `express-session` does as long as nobody gives it a store.',
          '同一个应用的三份副本运行在负载均衡器后面。每一份都把会话放在**自己的内存**里：只要没有给 `express-session` 这个库指定存储，它就是这样做的。',
        ),
        p(
          'On login the server makes a new session id and sends it as a cookie. From then on the browser sends the cookie with every request, and the server finds the session by it.',
          '登录时，服务器生成一个新的会话 ID，并用 Cookie 发给浏览器。此后浏览器在每个请求里带上这个 Cookie，服务器凭它找到会话。',
          'RFC 6265 §3',
          'RFC 6265 §8.4',
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
          label: w('The answer sets the cookie `sid`', '响应设置了 Cookie `sid`'),
        },
        {
          check: 'node',
          nth: 1,
          is: 'node-1',
          label: w('node-1 answered, and node-1 alone has the session', '处理请求的是 node-1，只有 node-1 有这个会话'),
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
        here(
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
            why: here(
              'The cookie is right each time, but it is only a name for a session. node-2 and node-3 have no session of that name in their memory.',
              'Cookie 每次都是对的，但它只是会话的名字。node-2 和 node-3 的内存里没有叫这个名字的会话。',
            ),
          },
          {
            text: w('Two', '两次'),
            isRight: false,
            why: here(
              'Two nodes would have to know the session. Only the one that answered the login does.',
              '那就得有两个节点认识这个会话。认识它的只有处理登录的那一个。',
            ),
          },
          {
            text: w('One', '一次'),
            isRight: true,
            why: here(
              'In round robin each node gets one of the three calls, and one node has the session.',
              '轮询时，三次调用各落到一个节点，而只有一个节点有这个会话。',
            ),
          },
          {
            text: w('None', '零次'),
            isRight: false,
            why: here('One of the three calls reaches node-1, which has the session.', '三次调用中有一次会到 node-1，它有这个会话。'),
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
        here(
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
    {
      id: 'sticky',
      title: w('Mend it, first way: stay on one node', '第一种办法：固定在一个节点上'),
      goal: w('Three calls, one node, three times 200', '三次调用，同一个节点，三次 200'),
      narrative: [
        here(
          'A **sticky** balancer remembers with a cookie of its own which node a browser used first, and sends it there again. The application stays as it is.',
          '**粘性**负载均衡器用自己的一个 Cookie 记住浏览器最先用的是哪个节点，以后都送到那里。应用本身不用改。',
        ),
      ],
      do: [
        { do: 'change-cluster', change: { strategy: 'sticky' }, label: w('Make the balancer sticky', '让负载均衡器变成粘性') },
        login('alice', w('Log Alice in again', '让 Alice 再次登录')),
        me(3),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All are allowed', '全部被允许')),
        { check: 'nodes', are: ['node-1', 'node-1', 'node-1', 'node-1'], label: w('All went to node-1', '全部到了 node-1') },
        {
          check: 'set-cookie',
          nth: 1,
          name: 'affinity',
          label: w('The balancer set a cookie of its own', '负载均衡器设置了自己的 Cookie'),
        },
      ],
      pins: ['credential', 'node-sessions'],
      notes: { minutes: 2, ask: w('What happens to Alice when node-1 is deployed anew?', '重新部署 node-1 时，Alice 会怎样？') },
    },
    {
      id: 'kill-the-node',
      title: w('Kill that node', '杀掉那个节点'),
      goal: w('Alice is logged out', 'Alice 被登出'),
      narrative: [
        here(
          'node-1 dies, as a process does at a crash or a deployment. What was in its memory is gone.',
          'node-1 死掉，就像进程崩溃或部署时那样。它内存里的东西都没了。',
        ),
      ],
      predict: {
        question: w('What does Alice get with her next call?', 'Alice 的下一次调用会得到什么？'),
        choices: [
          {
            text: w('200 from another node', '另一个节点返回 200'),
            isRight: false,
            why: here('Another node answers, and has never heard of her session.', '另一个节点会响应，但从没听说过她的会话。'),
          },
          {
            text: w('401 from another node', '另一个节点返回 401'),
            isRight: true,
            why: here(
              'Stickiness holds only while the node is up. Then the balancer takes another one, and the session is not there.',
              '粘性只在节点在线时有效。之后负载均衡器换一个节点，而会话不在那里。',
            ),
          },
          {
            text: w('503: her node is down', '503：她的节点不在线'),
            isRight: false,
            why: here('Two nodes are up, so the balancer has somebody to ask.', '还有两个节点在线，负载均衡器有节点可问。'),
          },
        ],
      },
      do: [{ do: 'kill-node', node: 'node-1', label: w('Kill node-1', '杀掉 node-1') }, me()],
      check: [
        verdict(1, 'unknown-session', w('Her session is unknown', '她的会话不被认识')),
        { check: 'node-state', node: 'node-1', is: 'down', label: w('node-1 is down', 'node-1 不在线') },
      ],
      after: [
        here(
          'Stickiness hides the problem on good days and brings it back each time a node goes, at every deployment for example.',
          '粘性在平时掩盖了问题，每当有节点离开（例如每次部署）又把它带回来。',
        ),
      ],
      pins: ['credential', 'node-sessions'],
      notes: { minutes: 2 },
    },
    {
      id: 'shared-store',
      title: w('Mend it, second way: one store for all', '第二种办法：所有节点共用一个存储'),
      goal: w('Every node knows her', '每个节点都认识她'),
      narrative: [
        here(
          'Start node-1 again, deal requests in turn as before, and let all nodes keep sessions in the **same** store. Alice has to log in once more: nothing carries the old sessions over.',
          '重新启动 node-1，照原来那样轮流分发请求，让所有节点把会话存进**同一个**存储。Alice 要再登录一次：旧会话不会被搬过去。',
        ),
      ],
      do: [
        { do: 'start-node', node: 'node-1', label: w('Start node-1', '启动 node-1') },
        {
          do: 'change-cluster',
          change: { store: 'sqlite', strategy: 'round-robin' },
          label: w('One SQLite store, round robin', '一个 SQLite 存储，轮询'),
        },
        login('alice', w('Log Alice in', '让 Alice 登录')),
        me(3),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All are allowed', '全部被允许')),
        { check: 'nodes', are: ['node-1', 'node-2', 'node-3', 'node-1'], label: w('On all three nodes', '三个节点都用到了') },
        { check: 'session-reads', nth: 2, atLeast: 1, label: w('Each call asked the store', '每次调用都查询了存储') },
      ],
      notes: {
        minutes: 2,
        say: w('It works everywhere, because each node asks. That is the price, too.', '到处都能用，因为每个节点都去问。代价也在这里。'),
      },
    },
    {
      id: 'survives',
      title: w('Kill a node again', '再杀一个节点'),
      goal: w('Nobody notices', '没有人察觉'),
      narrative: [w('node-2 dies. The sessions are not on it.', 'node-2 死掉。会话并不在它上面。')],
      do: [{ do: 'kill-node', node: 'node-2', label: w('Kill node-2', '杀掉 node-2') }, me(2)],
      check: [
        verdicts(['allowed', 'allowed'], w('Alice works on', 'Alice 照常使用')),
        { check: 'node-state', node: 'node-2', is: 'down', label: w('node-2 is down', 'node-2 不在线') },
      ],
      notes: { minutes: 1 },
    },
    {
      id: 'same-with-a-jwt',
      title: w('The same test with a JWT', '用 JWT 做同样的测试'),
      goal: w('200 everywhere, and no look into a store', '到处 200，不查存储'),
      narrative: [
        p(
          'Alice logs in for a token instead. It contains what a node needs to know and can be verified on the spot, so there is nothing to share but the key.',
          'Alice 改为登录取得令牌。它包含节点需要知道的内容，当场就能验证，所以除了密钥没有什么要共享的。',
          'RFC 6749 §1.4',
        ),
      ],
      do: [
        {
          do: 'change-mechanism',
          client: 'alice',
          mechanism: 'jwt-bearer',
          label: w('Let Alice use a bearer token', '让 Alice 使用 bearer 令牌'),
        },
        login('alice', w('Log Alice in', '让 Alice 登录')),
        me(3),
      ],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('All are allowed', '全部被允许')),
        { check: 'session-reads', nth: 2, atMost: 0, label: w('No session was looked up', '没有查询任何会话') },
        { check: 'session-reads', nth: 3, atMost: 0, label: w('Not on the other node either', '另一个节点上也没有') },
      ],
      after: [
        w(
          'That is one side of it. What it costs comes up when Alice wants to log out.',
          '这是事情的一面。它的代价，要等 Alice 想登出时才看得到。',
        ),
      ],
      notes: { minutes: 2 },
    },
  ],
})
