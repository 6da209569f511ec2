import { call, here, lesson, login, p, verdict, verdicts, w } from './write.ts'

/** A session: a name in a cookie, and everything else on the server. */
export const whatASessionIs = lesson({
  id: 'what-a-session-is',
  title: w('What a session is', '会话是什么'),
  summary: w(
    'Log in, look at the cookie, change it, steal it, and end it from the server: what is in the browser, and what is not.',
    '登录，查看 Cookie，篡改它，偷走它，再从服务器端终止它：哪些东西在浏览器里，哪些不在。',
  ),
  minutes: 12,
  level: 'basic',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite' },
    clients: [
      { id: 'alice', name: 'Alice', account: 'alice', device: 'Laptop', mechanism: 'session' },
      { id: 'mallory', name: 'Mallory', account: 'mallory', device: 'Laptop', mechanism: 'session', isAttacker: true },
    ],
  },
  steps: [
    {
      id: 'log-in',
      title: w('Log Alice in', '让 Alice 登录'),
      goal: w('A row in the store, a cookie in the browser', '存储里有一行，浏览器里有一个 Cookie'),
      narrative: [
        p(
          'HTTP has no memory: each request is understood by itself, and the server cannot tell from it who sent the one before. A session is the memory that is added to it.',
          'HTTP 没有记忆：每个请求都单独理解，服务器无法由它知道上一个请求是谁发的。会话就是加上去的那份记忆。',
          'RFC 9110 §3.3',
        ),
        p(
          'After a login the server makes a new id, writes a row for it into its store, and sends the id in a `Set-Cookie` header. The browser sends it back in `Cookie`, and the server looks up the row by it.',
          '登录之后，服务器生成一个新的 ID，在存储里为它写一行，再用 `Set-Cookie` 头把 ID 发给浏览器。浏览器此后用 `Cookie` 头把它送回来，服务器凭它查到那一行。',
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
          attributes: ['HttpOnly', 'SameSite=Lax', 'Path=/'],
          label: w('`Set-Cookie: sid` with `HttpOnly` and `SameSite=Lax`', '`Set-Cookie: sid` 带有 `HttpOnly` 和 `SameSite=Lax`'),
        },
        {
          check: 'step',
          nth: 1,
          kind: 'session-regenerate',
          outcome: 'pass',
          evidence: { bits: 192 },
          label: w('The id is new, and has 192 random bits', 'ID 是新的，有 192 个随机比特'),
        },
        { check: 'session-row', client: 'alice', isPresent: true, label: w('The store has its row', '存储里有它的那一行') },
      ],
      after: [
        p(
          'An id like this has to be unique and to hold at least 128 bits from a generator made for cryptography (a CSPRNG), so that nobody can guess one. This one has 192.',
          '这样的 ID 必须唯一，至少要有 128 比特，并来自密码学安全的随机数生成器（CSPRNG），这样谁也猜不出来。这里的 ID 有 192 比特。',
          'OWASP ASVS 5 V7.2.3',
        ),
      ],
      notes: {
        minutes: 2,
        say: w(
          'Two things came into being: a row on the server, and a name for it in the browser.',
          '产生了两样东西：服务器上的一行，和浏览器里这一行的名字。',
        ),
        ask: w('Which of the two says that she is Alice?', '这两样东西里，哪一样说明她是 Alice？'),
      },
    },
    {
      id: 'look-inside',
      title: w('Look inside the cookie', '看看 Cookie 里面'),
      goal: w('The server found Alice by the id', '服务器凭 ID 找到了 Alice'),
      narrative: [
        w(
          'Alice asks who she is. Follow the request in the Inspector: every step that the server took is there, with its evidence.',
          'Alice 询问自己是谁。在检查器里跟踪这个请求：服务器做的每一步都在那里，并附有证据。',
        ),
      ],
      predict: {
        question: w('What does the cookie contain?', 'Cookie 里有什么？'),
        choices: [
          {
            text: w("Alice's name and role", 'Alice 的名字和角色'),
            isRight: false,
            why: p(
              'Name and role are in the row on the server. The cookie only leads there.',
              '名字和角色在服务器的那一行里。Cookie 只是通向那里。',
              'RFC 6265 §8.4',
            ),
          },
          {
            text: w('Her password, encrypted', '加密过的密码'),
            isRight: false,
            why: here(
              'The password was needed once, at login. It is neither in the cookie nor in the row.',
              '密码只在登录时用过一次。它既不在 Cookie 里，也不在那一行里。',
            ),
          },
          {
            text: w('A random id and a signature', '一个随机 ID 和一个签名'),
            isRight: true,
            why: p(
              'The id is a name for the row. The signature is an HMAC over the id: by it the server drops ids that it never gave, before it asks its store.',
              'ID 是那一行的名字。签名是对 ID 计算的 HMAC：服务器凭它在查询存储之前就筛掉自己从未发出过的 ID。',
              'RFC 6265 §8.4',
            ),
          },
        ],
      },
      do: [call('alice', 'GET /session', w('Ask for the session as Alice', '以 Alice 的身份查询会话'))],
      check: [
        verdict(1, 'allowed', w('The request is allowed', '请求被允许')),
        {
          check: 'header',
          nth: 1,
          in: 'request',
          name: 'Cookie',
          contains: 'sid=s%3A',
          label: w('The request carried `sid`', '请求带上了 `sid`'),
        },
        {
          check: 'step',
          nth: 1,
          kind: 'cookie-signature',
          outcome: 'pass',
          label: w('The signature of the cookie is right', 'Cookie 的签名正确'),
        },
        {
          check: 'step',
          nth: 1,
          kind: 'session-lookup',
          outcome: 'pass',
          label: w('The store was asked, and knew the id', '查询了存储，存储认识这个 ID'),
        },
      ],
      after: [
        here(
          'The store does not keep the id itself but its SHA-256: whoever reads the database cannot log in with what is there.',
          '存储里保存的不是 ID 本身，而是它的 SHA-256：读到数据库的人无法用那里的内容登录。',
        ),
      ],
      notes: {
        minutes: 2,
        ask: w('What would an attacker learn from the cookie alone?', '攻击者仅凭 Cookie 能知道什么？'),
        watchFor: w(
          'Some expect claims as in a JWT. There is nothing to decode here.',
          '有人以为里面像 JWT 一样有声明。这里没有可以解码的内容。',
        ),
      },
    },
    {
      id: 'change-it',
      title: w('Change one character', '改动一个字符'),
      goal: w('Refused before the store is asked', '还没查询存储就被拒绝'),
      narrative: [
        here(
          'Change one character of the id and leave the signature as it is. The lab sends this altered copy; Alice keeps her own cookie.',
          '改动 ID 里的一个字符，签名保持不变。实验室发送的是这个改过的副本；Alice 自己的 Cookie 不变。',
        ),
      ],
      do: [
        {
          do: 'tamper',
          client: 'alice',
          request: 'GET /me',
          change: { part: 'session-id' },
          label: w('Call /me with the changed id', '用改过的 ID 调用 /me'),
        },
      ],
      check: [
        verdict(1, 'bad-cookie-signature', w('The signature does not fit the id any more', '签名与 ID 不再相符')),
        { check: 'no-step', nth: 1, kind: 'session-lookup', label: w('The store was not asked', '没有查询存储') },
      ],
      after: [
        here(
          'The signature is a first filter and no more: with 192 random bits, guessing would fail without it, too. What decides is the row in the store.',
          '签名只是第一道过滤：有 192 个随机比特，就算没有签名也猜不中。起决定作用的是存储里的那一行。',
        ),
      ],
      notes: { minutes: 1 },
    },
    {
      id: 'steal-it',
      title: w('Steal it', '把它偷走'),
      goal: w('Mallory is Alice to the server', '对服务器来说，Mallory 就是 Alice'),
      narrative: [
        here(
          "Now Mallory has an exact copy of Alice's cookie, for example from a shared computer. Mallory never knew the password.",
          '现在 Mallory 有了 Alice 的 Cookie 的精确副本，比如从一台公用电脑上得到。Mallory 从来不知道密码。',
        ),
      ],
      predict: {
        question: w('What does the server answer Mallory?', '服务器怎样响应 Mallory？'),
        choices: [
          {
            text: w('401: it is another device', '401：换了设备'),
            isRight: false,
            why: p(
              'The server sees another `User-Agent`, but a program may give itself out for another one there. It is no proof of who is asking.',
              '服务器看到的 `User-Agent` 不同，但程序可以在那里冒充别的程序，证明不了请求者是谁。',
              'RFC 9110 §10.1.5',
            ),
          },
          {
            text: w('200, as Alice', '200，并把 Mallory 当作 Alice'),
            isRight: true,
            why: p(
              'The id is all that the server goes by. That is why it has to stay secret: `HttpOnly` keeps scripts of the page away from it, TLS whoever listens on the network. A signature does not help: a copied cookie carries a good one.',
              '服务器只认这个 ID。所以它必须保密：`HttpOnly` 让页面脚本读不到它，TLS 让网络上的窃听者读不到它。签名帮不上忙：复制的 Cookie 带着正确的签名。',
              'RFC 6265 §4.1.2.6',
              'RFC 6265 §8.3',
            ),
          },
          {
            text: w('200, as Mallory', '200，并认出是 Mallory'),
            isRight: false,
            why: here(
              'Nothing in the request says Mallory. The row behind the id says Alice.',
              '请求里没有任何东西提到 Mallory。ID 背后的那一行写的是 Alice。',
            ),
          },
        ],
      },
      do: [
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'look-inside', nth: 1 },
          request: 'GET /me',
          label: w("Call /me as Mallory, with Alice's cookie", '以 Mallory 的身份、用 Alice 的 Cookie 调用 /me'),
        },
      ],
      check: [
        verdict(1, 'allowed', w('The server lets Mallory in', '服务器放 Mallory 进来了')),
        { check: 'step', nth: 1, kind: 'session-lookup', outcome: 'pass', label: w("It found Alice's row", '它找到的是 Alice 的那一行') },
      ],
      notes: {
        minutes: 2,
        say: w('Whoever has the cookie is Alice. A token is no different in this.', '谁拿着 Cookie，谁就是 Alice。令牌在这一点上也一样。'),
      },
    },
    {
      id: 'end-it',
      title: w('End it on the server', '在服务器端终止它'),
      goal: w('The very next request is refused', '紧接着的下一个请求就被拒绝'),
      narrative: [
        p(
          'An administrator has to be able to end the sessions of a user. Here the operator deletes the row. Nobody touches the cookies, neither Alice’s nor Mallory’s copy.',
          '管理员必须能够终止用户的会话。这里由操作员删除那一行。没有人动 Cookie，无论是 Alice 的还是 Mallory 的副本。',
          'OWASP ASVS 5 V7.4.5',
        ),
      ],
      do: [
        { do: 'end-session', client: 'alice', label: w("End Alice's session in the store", '在存储里终止 Alice 的会话') },
        call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me')),
        {
          do: 'replay',
          client: 'mallory',
          exchange: { step: 'steal-it', nth: 1 },
          label: w('Call /me as Mallory, with the copy', '以 Mallory 的身份、用副本调用 /me'),
        },
      ],
      check: [
        verdicts(['unknown-session', 'unknown-session'], w('Both are refused at once', '两者立刻都被拒绝')),
        { check: 'session-row', client: 'alice', isPresent: false, label: w('The row is gone', '那一行已经没有了') },
        {
          check: 'step',
          nth: 1,
          kind: 'cookie-signature',
          outcome: 'pass',
          label: w('The cookie is as good as before: its signature fits', 'Cookie 和以前一样：签名仍然相符'),
        },
      ],
      after: [
        p(
          'This is the strong side of sessions. To end one means to invalidate what the server keeps, and nobody can use it any more: the very next request is refused.',
          '这正是会话的长处。终止会话，就是让服务器保存的内容失效，此后谁也不能再用它：紧接着的下一个请求就被拒绝。',
          'OWASP ASVS 5 V7.4.1',
        ),
      ],
      notes: { minutes: 2, ask: w('Where would you have to look for every copy of the cookie?', '要到哪里去找 Cookie 的每一份副本？') },
    },
    {
      id: 'let-it-expire',
      title: w('Leave it alone for half an hour', '半小时不去动它'),
      goal: w('Idle for too long', '闲置太久'),
      narrative: [
        p(
          'Sessions also have to end by themselves: when nobody has used them for a while, and after some longest life in any case. Here that is 30 minutes and 12 hours. The server keeps both limits; the cookie says nothing of them.',
          '会话还必须能自己结束：一段时间没人用就结束，到了绝对时限也无论如何都结束。这里分别是 30 分钟和 12 小时。两个时限都由服务器掌握；Cookie 里没有写。',
          'OWASP ASVS 5 V7.3.1',
          'OWASP ASVS 5 V7.3.2',
        ),
      ],
      do: [
        login('alice', w('Log Alice in again', '让 Alice 再次登录')),
        { do: 'move-clock', seconds: 1860, label: w('Move the lab clock 31 minutes ahead', '把实验时钟拨快 31 分钟') },
        call('alice', 'GET /me', w('Call /me as Alice', '以 Alice 的身份调用 /me')),
      ],
      check: [
        verdicts(['allowed', 'session-expired'], w('Logged in, and refused half an hour later', '登录成功，半小时后被拒绝')),
        { check: 'step', nth: 2, kind: 'session-idle-timeout', outcome: 'fail', label: w('It was the idle time-out', '原因是闲置超时') },
      ],
      notes: { minutes: 1 },
    },
  ],
})
