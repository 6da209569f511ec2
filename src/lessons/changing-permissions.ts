import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const loginLaptop = login('laptop', w('Log Alice in on the laptop (session)', '让 Alice 在笔记本电脑上登录（会话）'))
const loginPhone = login('phone', w('Log Alice in on the phone (JWT)', '让 Alice 在手机上登录（JWT）'))
const laptop = (request: string) =>
  call('laptop', request, w(`\`${request}\` on the laptop (session)`, `在笔记本电脑上 \`${request}\`（会话）`))
const phone = (request: string) => call('phone', request, w(`\`${request}\` on the phone (JWT)`, `在手机上 \`${request}\`（JWT）`))
const refreshPhone = { do: 'refresh', client: 'phone', label: w('Refresh on the phone', '在手机上刷新') } as const

/** Role, scope, a disabled account, a new password: what a session notices at once and a token later, and what a re-check mends. */
export const changingPermissions = lesson({
  id: 'changing-permissions',
  title: w('Permissions that change while logged in', '登录期间权限发生变化'),
  summary: w(
    'Alice is logged in by a session and by a token. She loses a scope, then her role, then her account, then her password: who notices when, and what does it cost to notice at once?',
    'Alice 同时用会话和令牌登录。她先失去一个 scope，再失去角色，再被停用账户，最后改了密码：谁在什么时候察觉？要立刻察觉又要付出什么？',
  ),
  minutes: 14,
  level: 'intermediate',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite', revocation: 'none', recheckAccount: false },
    clients: [
      { id: 'laptop', name: 'Alice·Laptop', account: 'alice', device: 'Laptop', mechanism: 'session' },
      { id: 'phone', name: 'Alice·Phone', account: 'alice', device: 'Phone', mechanism: 'jwt-bearer' },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('What she may do', '她可以做什么'),
      goal: w('Both devices may do everything', '两台设备什么都可以做'),
      narrative: [
        here(
          'Alice is an admin with three scopes. Her session leads to her account, and the server reads that with every request. Her token carries role and scopes as claims.',
          'Alice 是管理员，有三个 scope。她的会话通向账户，服务器每个请求都读它。她的令牌则把角色和 scope 作为声明带在身上。',
        ),
        p(
          'What a decision rests on should take effect at once when it changes. Where it cannot, as with data in a self-contained token, something has to make up for it: an alarm, and a way to undo what was done.',
          '授权所依据的内容发生变化时，应当立刻生效。做不到的地方，比如自包含令牌里的数据，就必须有别的措施来弥补：发出警报，并能撤销已做的事。',
          'OWASP ASVS 5 V8.3.2',
        ),
      ],
      do: [loginLaptop, loginPhone, laptop('GET /orders'), phone('GET /orders')],
      check: [
        verdicts(['allowed', 'allowed', 'allowed', 'allowed'], w('Both may read orders', '两边都可以读订单')),
        {
          check: 'step',
          nth: 3,
          kind: 'scope',
          outcome: 'pass',
          evidence: { from: 'account' },
          label: w('For the session the scope came from the account', '对会话来说，scope 来自账户'),
        },
        {
          check: 'step',
          nth: 4,
          kind: 'scope',
          outcome: 'pass',
          evidence: { from: 'token' },
          label: w('For the token it came from the token', '对令牌来说，scope 来自令牌'),
        },
      ],
      diff: [3, 4],
      notes: { minutes: 2 },
    },
    {
      id: 'scope',
      title: w('Take a scope away', '取消一个 scope'),
      goal: w('The session notices now, the token at its refresh', '会话立刻察觉，令牌到刷新时才察觉'),
      narrative: [
        here(
          'The operator takes `orders:read` away from Alice. Both devices ask for the orders again; then the phone refreshes and asks once more.',
          '操作员取消了 Alice 的 `orders:read`。两台设备再次请求订单；然后手机刷新，再请求一次。',
        ),
      ],
      predict: {
        question: w('When does the phone lose its access to the orders?', '手机什么时候失去对订单的访问？'),
        choices: [
          {
            text: w('At once', '立刻'),
            isRight: false,
            why: p(
              'The node reads the claim `scope` in the token, and the token was signed before the change.',
              '节点读的是令牌里的声明 `scope`，而令牌是在改动之前签的。',
              'RFC 9068 §2.2.3',
            ),
          },
          {
            text: w('With its next token', '得到下一个令牌时'),
            isRight: true,
            why: p(
              'At a refresh the server reads the account again and grants what is left of the scopes; never more than were granted at the login.',
              '刷新时，服务器会重新读取账户，授予剩下的 scope；绝不会超过登录时授予的范围。',
              'RFC 6749 §6',
            ),
          },
          {
            text: w('Only at a new login', '重新登录时才会'),
            isRight: false,
            why: p(
              'A refresh may give narrower scopes than before, so the change arrives earlier than that.',
              '刷新得到的 scope 可以比之前窄，所以改动到得更早。',
              'RFC 6749 §1.5',
            ),
          },
        ],
      },
      do: [
        {
          do: 'change-account',
          account: 'alice',
          scopes: ['profile', 'admin:read'],
          label: w('Take `orders:read` away from Alice', '取消 Alice 的 `orders:read`'),
        },
        laptop('GET /orders'),
        phone('GET /orders'),
        refreshPhone,
        phone('GET /orders'),
      ],
      check: [
        verdicts(
          ['insufficient-scope', 'allowed', 'allowed', 'insufficient-scope'],
          w('The session at once; the token after its refresh', '会话立刻；令牌在刷新之后'),
        ),
        {
          check: 'header',
          nth: 4,
          in: 'response',
          name: 'WWW-Authenticate',
          contains: 'insufficient_scope',
          label: w('The answer says what is missing', '响应写明缺少什么'),
        },
      ],
      diff: [2, 4],
      notes: {
        minutes: 3,
        say: w('A claim is a photograph. The refresh takes a new one.', '声明是一张照片。刷新就是重新拍一张。'),
      },
    },
    {
      id: 'role',
      title: w('Take her role away, with a re-check', '取消她的角色，并启用复查'),
      goal: w('Both notice at once; the token reads the account as well', '两边都立刻察觉；令牌也要读账户'),
      narrative: [
        here(
          'Now let every node read the account after it has verified a token: the **re-check**. What the account says then counts, as with a session.',
          '现在让每个节点在验证令牌之后再读一次账户：**复查**。此后以账户为准，和会话一样。',
        ),
      ],
      predict: {
        question: w('What is left that the token saves, compared with the session?', '与会话相比，令牌还省下了什么？'),
        choices: [
          {
            text: w('The look-up of the session, but not that of the account', '省下查会话，但省不下查账户'),
            isRight: true,
            why: here(
              'Who is asking is still known without a store. What they may do is not. Half of the saving is gone.',
              '请求者是谁，仍然不用查存储就知道。他能做什么就不行了。省下的少了一半。',
            ),
          },
          {
            text: w('Everything: claims are still in the token', '全都省下了：声明还在令牌里'),
            isRight: false,
            why: here('They are, but nobody goes by them any more.', '声明还在，但已经不以它为准。'),
          },
          {
            text: w('Nothing', '什么也没省下'),
            isRight: false,
            why: here(
              'No session is looked up or written: compare the steps of the two requests.',
              '既不查会话，也不写会话：比较一下两个请求的步骤。',
            ),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { recheckAccount: true },
          label: w('Read the account after a token has verified', '验证令牌之后再读账户'),
        },
        laptop('GET /admin/users'),
        phone('GET /admin/users'),
        { do: 'change-account', account: 'alice', role: 'user', label: w('Make Alice a plain user', '把 Alice 改成普通用户') },
        laptop('GET /admin/users'),
        phone('GET /admin/users'),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'insufficient-role', 'insufficient-role'],
          w('Allowed before, refused on both right after', '之前允许，改动之后两边立刻拒绝'),
        ),
        { check: 'claim', nth: 4, in: 'request', name: 'role', is: 'admin', label: w('The token still says admin', '令牌里仍写着 admin') },
        {
          check: 'step',
          nth: 4,
          kind: 'role',
          outcome: 'fail',
          evidence: { from: 'account' },
          label: w('The account decided, not the token', '起决定作用的是账户，不是令牌'),
        },
        { check: 'session-reads', nth: 4, atMost: 0, label: w('Still no session was looked up', '仍然没有查询会话') },
      ],
      pins: ['credential', 'session-reads', 'duration'],
      diff: [2, 4],
      notes: {
        minutes: 3,
        ask: w('Which of your routes would need the re-check, and which would not?', '你们的哪些路由需要复查，哪些不需要？'),
      },
    },
    {
      id: 'disabled',
      title: w('Disable the account', '停用账户'),
      goal: w('Without the re-check the token outlives the account', '不复查，令牌比账户活得更久'),
      narrative: [
        p(
          'Alice leaves. Disabling an account has to end every session of it. Switch the re-check off again and see how far that reaches.',
          'Alice 离职了。停用账户，就必须终止它的所有会话。把复查关掉，看看这能管到哪里。',
          'OWASP ASVS 5 V7.4.2',
        ),
      ],
      predict: {
        question: w('The account is disabled. What does the phone get?', '账户停用了。手机会得到什么？'),
        choices: [
          {
            text: w('401: the account is disabled', '401：账户已停用'),
            isRight: false,
            why: here(
              'Somebody would have to look. With the re-check the answer would be just that; see the last request.',
              '那得有人去看。有复查时，响应正是这样；看最后一个请求。',
            ),
          },
          {
            text: w('200, until the token expires', '200，直到令牌过期'),
            isRight: true,
            why: p(
              'Session and refresh tokens are rows, and they are gone. The access token is out in the world, and a self-contained one is judged without asking after its account.',
              '会话和刷新令牌是数据行，已经没有了。访问令牌却在外面，而自包含的令牌无需询问它的账户就能判断。',
              'RFC 7009 §3',
            ),
          },
          {
            text: w('403: she has no rights any more', '403：她不再有权限'),
            isRight: false,
            why: here('`GET /me` asks for no role and no scope, only for a login.', '`GET /me` 不要求角色，也不要求 scope，只要求登录。'),
          },
        ],
      },
      do: [
        { do: 'change-cluster', change: { recheckAccount: false }, label: w('Switch the re-check off', '关闭复查') },
        loginLaptop,
        loginPhone,
        { do: 'change-account', account: 'alice', disabled: true, label: w("Disable Alice's account", '停用 Alice 的账户') },
        laptop('GET /me'),
        phone('GET /me'),
        refreshPhone,
        { do: 'change-cluster', change: { recheckAccount: true }, label: w('Switch the re-check on', '启用复查') },
        phone('GET /me'),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'unknown-session', 'allowed', 'token-revoked', 'account-disabled'],
          w('Session and refresh end; the token goes on until somebody looks', '会话和刷新终止；令牌继续有效，直到有人去看'),
        ),
        { check: 'session-count', account: 'alice', atMost: 0, label: w('No session of hers is left', '她的会话一个也不剩') },
        {
          check: 'refresh-families',
          account: 'alice',
          state: 'revoked',
          reason: 'account-disabled',
          atLeast: 1,
          label: w('Her refresh tokens were revoked for it', '她的刷新令牌因此被吊销'),
        },
      ],
      diff: [4, 6],
      notes: { minutes: 3 },
    },
    {
      id: 'password',
      title: w('A new password', '新密码'),
      goal: w('Whoever came in with the old one is out', '用旧密码进来的人都出去'),
      narrative: [
        p(
          'Her account is in use again, and she suspects that somebody knows her password. After a new one the user has to be able to end all other logins, since a thief may be among them. This server ends them by itself.',
          '她的账户恢复使用，而她怀疑有人知道她的密码。设置新密码之后，用户必须能够终止所有其他登录，因为其中可能有小偷。这个服务器会自动终止它们。',
          'OWASP ASVS 5 V7.4.3',
        ),
      ],
      predict: {
        question: w('The re-check is on. What becomes of the token from before?', '复查已启用。之前的令牌会怎样？'),
        choices: [
          {
            text: w('It works on: role and scopes are the same', '照常能用：角色和 scope 没变'),
            isRight: false,
            why: p(
              'The account also says since when its password is in force, and `iat`, the time at which the token was issued, is older.',
              '账户还记着密码从何时起生效，而 `iat`（令牌的签发时间）比它更早。',
              'RFC 7519 §4.1.6',
            ),
          },
          {
            text: w('It is refused: it is older than the password', '被拒绝：它比密码更早'),
            isRight: true,
            why: p(
              'One column is enough: a date and time for each user, before which no token counts. Here it is that of the last change of the password, compared with `iat`.',
              '一列就够了：为每个用户存一个时刻，在它之前签发的令牌都不算。这里存的是最后一次修改密码的时间，与 `iat` 比较。',
              'OWASP ASVS 5 V7.4.1',
              'RFC 7519 §4.1.6',
            ),
          },
          {
            text: w('It is refused: its signature was made with the old password', '被拒绝：它的签名是用旧密码做的'),
            isRight: false,
            why: p(
              'The issuer signs with a key of its own. No password is part of it.',
              '签发者用自己的密钥签名，与任何密码无关。',
              'RFC 7515 §5.1',
            ),
          },
        ],
      },
      do: [
        { do: 'change-account', account: 'alice', disabled: false, label: w("Enable Alice's account", '重新启用 Alice 的账户') },
        loginLaptop,
        loginPhone,
        {
          do: 'change-account',
          account: 'alice',
          password: 'a-new-password',
          label: w('Set a new password for Alice', '为 Alice 设置新密码'),
        },
        laptop('GET /me'),
        phone('GET /me'),
        refreshPhone,
        login('phone', w('Log in on the phone with the old password', '在手机上用旧密码登录')),
        {
          do: 'login',
          client: 'phone',
          password: 'a-new-password',
          label: w('Log in on the phone with the new password', '在手机上用新密码登录'),
        },
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'unknown-session', 'token-revoked', 'token-revoked', 'bad-credentials', 'allowed'],
          w('Session, token and refresh are out, and only the new password opens', '会话、令牌和刷新都终止，只有新密码能进来'),
        ),
        {
          check: 'step',
          nth: 4,
          kind: 'account-recheck',
          outcome: 'fail',
          label: w('The re-check saw that the token is older', '复查发现令牌更早'),
        },
      ],
      diff: [4, 7],
      notes: {
        minutes: 3,
        say: w(
          'Five kinds of change, one rule: whoever decides has to look at what changes, or wait for the token to end.',
          '各种改动，一条规则：做决定的一方要么去看会变的东西，要么等令牌到期。',
        ),
      },
    },
  ],
})
