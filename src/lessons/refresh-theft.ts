import { call, here, lesson, login, p, verdicts, w } from './write.ts'

const loginBob = login('bob', w('Log Bob in', '让 Bob 登录'))
const bobRefreshes = { do: 'refresh', client: 'bob', label: w("Bob's client refreshes", 'Bob 的客户端刷新') } as const
const present = (nth: number, label: ReturnType<typeof w>, step?: string) =>
  ({ do: 'present', client: 'mallory', token: 'refresh-token', exchange: step ? { step, nth } : { nth }, label }) as const
const presentAccess = (nth: number, label: ReturnType<typeof w>) =>
  ({ do: 'present', client: 'mallory', token: 'access-token', exchange: { nth }, label }) as const

/** A refresh token in two hands: rotation finds it out, and what that costs both. */
export const refreshTheft = lesson({
  id: 'refresh-theft',
  title: w('Refresh theft and reuse', '刷新令牌被盗与重用'),
  summary: w(
    'Mallory copies a refresh token. Rotation cannot prevent that, but it finds out, whoever of the two is first. Then two tabs of one browser set off the same alarm.',
    'Mallory 复制了一个刷新令牌。轮换防不住盗取，但不管谁先用，都能发现。然后，同一浏览器的两个标签页触发了同样的警报。',
  ),
  minutes: 15,
  level: 'advanced',
  lab: {
    nodes: 1,
    settings: { store: 'sqlite', revocation: 'none' },
    clients: [
      { id: 'bob', name: 'Bob', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' },
      { id: 'mallory', name: 'Mallory', account: 'mallory', device: 'Laptop', mechanism: 'jwt-bearer', isAttacker: true },
    ],
  },
  steps: [
    {
      id: 'rotation',
      title: w('Every refresh token works once', '每个刷新令牌只能用一次'),
      goal: w('The old one is used up, a new one is out', '旧的用掉了，发了新的'),
      narrative: [
        p(
          'A refresh token is an attractive prey: it stands for the whole login, and here makes new access tokens for days. So it is **rotated**: each use gives the next one and ends the one that was used. The server keeps what belongs together, the **family**.',
          '刷新令牌是诱人的目标：它代表整个登录，在这里能在好几天里不断换取新的访问令牌。所以要**轮换**：每用一次就得到下一个，用过的随即失效。服务器记着哪些是同一次登录的，这就是**家族**。',
          'RFC 9700 §4.14.1',
          'RFC 9700 §4.14.2',
        ),
      ],
      do: [loginBob, bobRefreshes],
      check: [
        verdicts(['allowed', 'allowed'], w('Logged in and refreshed', '已登录并刷新')),
        {
          check: 'step',
          nth: 2,
          kind: 'refresh-rotate',
          outcome: 'pass',
          label: w('Used up and replaced in one step', '一步之内用掉并替换'),
        },
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'active',
          atLeast: 1,
          atMost: 1,
          label: w('Both belong to one family', '两个属于同一个家族'),
        },
      ],
      pins: ['bytes'],
      notes: {
        minutes: 2,
        say: w('Look at State, refresh families: a chain, one link a refresh.', '看“状态”里的刷新令牌家族：一条链，每次刷新多一环。'),
      },
    },
    {
      id: 'thief-is-late',
      title: w('The thief comes late', '小偷来晚了'),
      goal: w('The old token ends the whole family', '旧令牌终结了整个家族'),
      narrative: [
        here(
          "Mallory has the first refresh token, copied from a backup of Bob's laptop, and tries it. Bob has refreshed since.",
          'Mallory 从 Bob 笔记本电脑的备份里复制了第一个刷新令牌，现在拿来试。Bob 在那之后已经刷新过。',
        ),
      ],
      predict: {
        question: w('Who can go on afterwards?', '之后谁还能继续？'),
        choices: [
          {
            text: w('Bob: Mallory is refused', 'Bob：Mallory 被拒绝'),
            isRight: false,
            why: p(
              'Mallory is refused, but the server cannot know whether it was the thief or Bob who sent the old one. It revokes the newest as well.',
              'Mallory 被拒绝了，但服务器无法知道发来旧令牌的是小偷还是 Bob。它把最新的那个也吊销了。',
              'RFC 9700 §4.14.2',
            ),
          },
          {
            text: w('Neither: both have to log in', '都不能：两人都得登录'),
            isRight: true,
            why: p(
              'One token presented twice is the sign that two parties have it. The family is revoked, and whoever knows the password can begin a new one.',
              '同一个令牌出示两次，就是两方都持有它的迹象。家族被吊销，知道密码的人可以重新开始一个。',
              'RFC 9700 §4.14.2',
              'OWASP ASVS 5 V10.4.5',
            ),
          },
          {
            text: w('Both: it is still valid', '都能：它还没过期'),
            isRight: false,
            why: p('It was given for another one, and is invalid since.', '它已经换成了另一个，从那时起就无效了。', 'RFC 9700 §4.14.2'),
          },
        ],
      },
      do: [
        present(1, w("Refresh as Mallory, with Bob's first refresh token", '以 Mallory 的身份用 Bob 的第一个刷新令牌刷新'), 'rotation'),
        bobRefreshes,
      ],
      check: [
        verdicts(['refresh-reused', 'token-revoked'], w('Reuse was noticed; Bob is out as well', '重用被发现；Bob 也被登出')),
        {
          check: 'step',
          nth: 1,
          kind: 'refresh-reuse',
          outcome: 'fail',
          evidence: { revokedReason: 'reused' },
          label: w('The family was revoked for it', '家族因此被吊销'),
        },
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'revoked',
          reason: 'reused',
          atLeast: 1,
          atMost: 1,
          label: w('The store says why: reused', '存储里写着原因：重用'),
        },
      ],
      after: [
        p(
          'Stopping the thief costs Bob a login. That is the deal, and the standard says so.',
          '拦住小偷的代价，是 Bob 要重新登录一次。这就是交换条件，标准里也是这样写的。',
          'RFC 9700 §4.14.2',
        ),
      ],
      pins: ['duration'],
      diff: [1, 2],
      notes: {
        minutes: 3,
        ask: w('What should Bob be told when this happens?', '发生这种事时，应该告诉 Bob 什么？'),
      },
    },
    {
      id: 'thief-is-first',
      title: w('The thief comes first', '小偷抢先一步'),
      goal: w('Let in until the victim refreshes', '在受害者刷新之前畅通无阻'),
      narrative: [
        here(
          'Bob logs in again, and this time Mallory is faster: the copy is used before Bob has used it himself. The thief gets tokens, and uses them.',
          'Bob 重新登录，这一次 Mallory 更快：副本在 Bob 自己用之前就被用掉了。小偷拿到令牌，并使用它们。',
        ),
      ],
      predict: {
        question: w('When does the server find out?', '服务器什么时候发现？'),
        choices: [
          {
            text: w('When Mallory refreshes', 'Mallory 刷新的时候'),
            isRight: false,
            why: p(
              'That was the first use of that token, as good as any. Whoever has got hold of a refresh token can make access tokens with it.',
              '那是这个令牌的第一次使用，和正常使用没有区别。谁拿到刷新令牌，谁就能用它换取访问令牌。',
              'RFC 9700 §4.14.1',
            ),
          },
          {
            text: w('When Bob refreshes', 'Bob 刷新的时候'),
            isRight: true,
            why: p(
              'Bob’s client sends the token that Mallory has used up. Once both have used it, one of the two has presented an invalid one, and so betrays that there are two.',
              'Bob 的客户端发来的正是 Mallory 用掉的那个。两人都用过之后，其中一个必定出示了失效的令牌，于是暴露出有两个持有者。',
              'RFC 9700 §4.14.2',
            ),
          },
          {
            text: w('Never', '永远不会'),
            isRight: false,
            why: p(
              'Only if Bob never comes back. That is why refresh tokens should also expire when they are not used for a while.',
              '只有 Bob 再也不回来才会那样。所以刷新令牌长期不用也应当过期。',
              'RFC 9700 §4.14.2',
            ),
          },
        ],
      },
      do: [
        loginBob,
        present(1, w("Refresh as Mallory, with Bob's refresh token", '以 Mallory 的身份用 Bob 的刷新令牌刷新')),
        presentAccess(2, w('Call /me as Mallory, with the new access token', '以 Mallory 的身份用新的访问令牌调用 /me')),
        bobRefreshes,
        present(2, w("Refresh as Mallory, with the thief's own newest token", '以 Mallory 的身份用小偷最新的令牌刷新')),
        presentAccess(2, w('Call /me as Mallory once more', '以 Mallory 的身份再次调用 /me')),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'allowed', 'refresh-reused', 'token-revoked', 'allowed'],
          w('In, found out, no successor; the access token works on', '进来了，被发现，换不到新的；访问令牌照样能用'),
        ),
        {
          check: 'step',
          nth: 4,
          kind: 'refresh-reuse',
          outcome: 'fail',
          label: w("It was Bob's honest request that set off the alarm", '触发警报的是 Bob 正常的请求'),
        },
        {
          check: 'refresh-families',
          account: 'bob',
          state: 'revoked',
          reason: 'reused',
          atLeast: 2,
          atMost: 2,
          label: w('Both families have ended this way', '两个家族都这样终结了'),
        },
      ],
      pins: ['credential', 'duration'],
      diff: [3, 6],
      notes: {
        minutes: 3,
        say: w(
          'Rotation does not prevent theft. It limits it to the time until the other one refreshes.',
          '轮换防不住盗取。它把损失限制在另一方刷新之前。',
        ),
        watchFor: w(
          'The last request: the family is dead, and its access token is not. The next step is about that.',
          '最后一个请求：家族死了，它的访问令牌还活着。下一步就讲这个。',
        ),
      },
    },
    {
      id: 'access-tokens-too',
      title: w('End the access tokens as well', '让访问令牌也失效'),
      goal: w('Everything of that login ends at once', '那次登录的一切立刻结束'),
      narrative: [
        p(
          'When a refresh token is revoked, the access tokens of the same grant should go as well, where a server can do that. With a denylist this one can.',
          '吊销刷新令牌时，只要服务器做得到，同一授权的访问令牌也应当一并失效。有了吊销名单，这个服务器就做得到。',
          'RFC 7009 §2.1',
        ),
      ],
      do: [
        {
          do: 'change-cluster',
          change: { revocation: 'denylist' },
          label: w('Revoke access tokens by a denylist', '用吊销名单吊销访问令牌'),
        },
        loginBob,
        present(1, w("Refresh as Mallory, with Bob's refresh token", '以 Mallory 的身份用 Bob 的刷新令牌刷新')),
        presentAccess(2, w('Call /me as Mallory, with the new access token', '以 Mallory 的身份用新的访问令牌调用 /me')),
        bobRefreshes,
        presentAccess(2, w('Call /me as Mallory once more', '以 Mallory 的身份再次调用 /me')),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'allowed', 'refresh-reused', 'token-revoked'],
          w('After the alarm the access token is refused, too', '警报之后，访问令牌也被拒绝'),
        ),
        {
          check: 'step',
          nth: 4,
          kind: 'token-revoke',
          outcome: 'pass',
          evidence: { scope: 'device' },
          label: w('Everything of that login went onto the list', '那次登录的一切都进了列表'),
        },
      ],
      pins: ['credential', 'duration'],
      diff: [3, 5],
      notes: { minutes: 2 },
    },
    {
      id: 'two-tabs',
      title: w('A false alarm: two tabs', '误报：两个标签页'),
      goal: w('The honest user is logged out', '诚实的用户被登出'),
      narrative: [
        here(
          'Bob has the page open in two tabs. Both see the access token expire, and both send the same refresh token a moment apart. Here the second tab sends the first one’s message again.',
          'Bob 在两个标签页里打开了同一页面。两边都看到访问令牌过期，先后发出同一个刷新令牌。这里由第二个标签页重发第一个的请求。',
        ),
      ],
      predict: {
        question: w('What does the second tab get?', '第二个标签页会得到什么？'),
        choices: [
          {
            text: w('The same new tokens', '同样的新令牌'),
            isRight: false,
            why: here(
              'The server does not have them any more: of the new refresh token it keeps the hash alone.',
              '服务器已经没有它们了：新的刷新令牌，它只存哈希。',
            ),
          },
          {
            text: w('A refusal, and Bob is logged out', '被拒绝，Bob 被登出'),
            isRight: true,
            why: p(
              'To the server this looks exactly like theft: one token, presented twice. It cannot tell who sent it.',
              '在服务器看来，这与盗取一模一样：一个令牌，出示了两次。它分不出是谁发来的。',
              'RFC 9700 §4.14.2',
            ),
          },
          {
            text: w('A refusal, and the first tab goes on', '被拒绝，但第一个标签页能继续'),
            isRight: false,
            why: p(
              'All refresh tokens of that login are revoked, whoever of the two was honest.',
              '那次登录的所有刷新令牌都被吊销，不管两者谁是诚实的。',
              'OWASP ASVS 5 V10.4.5',
            ),
          },
        ],
      },
      do: [
        loginBob,
        bobRefreshes,
        {
          do: 'replay',
          client: 'bob',
          exchange: { nth: 2 },
          label: w("Bob's second tab sends the same refresh token", 'Bob 的第二个标签页发送同一个刷新令牌'),
        },
        call('bob', 'GET /me', w('Call /me in the first tab', '在第一个标签页里调用 /me')),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'refresh-reused', 'token-revoked'],
          w('The second tab is refused, and the first one is out', '第二个标签页被拒绝，第一个也下线了'),
        ),
      ],
      pins: ['credential', 'duration'],
      notes: {
        minutes: 2,
        say: w('The best cure is in the client: let one tab refresh for all.', '最好的办法在客户端：让一个标签页替所有标签页刷新。'),
      },
    },
    {
      id: 'grace',
      title: w('A grace window, and who else uses it', '宽限窗口，以及还有谁会用它'),
      goal: w('The second tab is let in, and so is a thief', '第二个标签页进来了，小偷也进来了'),
      narrative: [
        p(
          'A server can take a used refresh token once more for a short while, so that a second tab does no harm. Set two minutes here, so that there is time to look; in a product it would be seconds. RFC 9700 has no such window: there the previous token is invalid at once. The window trades safety for comfort.',
          '服务器可以在很短的时间内允许已用过的刷新令牌再用一次，这样第二个标签页就不会造成麻烦。这里设为两分钟，以便有时间观察；实际产品里只有几秒。RFC 9700 里没有这样的窗口：在那里，前一个令牌立刻失效。窗口是用安全换方便。',
          'RFC 9700 §4.14.2',
        ),
      ],
      predict: {
        question: w('Mallory presents the same token within the window. What happens?', 'Mallory 在窗口之内出示同一个令牌。会发生什么？'),
        choices: [
          {
            text: w('Reuse is noticed: it comes from another device', '发现重用：它来自另一台设备'),
            isRight: false,
            why: p(
              'A bearer token says nothing of who sends it. Only a token that is bound to a key of its client (by DPoP or mutual TLS) would tell.',
              'bearer 令牌说明不了是谁发来的。只有与客户端的密钥绑定的令牌（通过 DPoP 或双向 TLS）才能区分。',
              'RFC 6750 §1.2',
              'RFC 9700 §4.14.2',
            ),
          },
          {
            text: w('Mallory gets tokens', 'Mallory 得到令牌'),
            isRight: true,
            why: p(
              'Within the window the second tab and the thief are the same to the server. Two minutes of comfort are two minutes for Mallory.',
              '在窗口之内，对服务器来说，第二个标签页和小偷没有区别。两分钟的方便，也是给 Mallory 的两分钟。',
              'RFC 6750 §1.2',
            ),
          },
          {
            text: w('The family dies', '家族终结'),
            isRight: false,
            why: w('Not yet. After the window it would, as the last request shows.', '还不会。窗口过后才会，最后一个请求就说明了这一点。'),
          },
        ],
      },
      do: [
        {
          do: 'change-cluster',
          change: { lifetimes: { refreshGrace: 120 } },
          label: w('Take a used refresh token again for two minutes', '用过的刷新令牌两分钟内可再用'),
        },
        loginBob,
        bobRefreshes,
        {
          do: 'replay',
          client: 'bob',
          exchange: { nth: 2 },
          label: w("Bob's second tab sends the same refresh token", 'Bob 的第二个标签页发送同一个刷新令牌'),
        },
        present(1, w('Mallory presents it as well', 'Mallory 也出示它')),
        { do: 'move-clock', seconds: 180, label: w('Move the lab clock three minutes ahead', '把实验时钟拨快三分钟') },
        present(1, w('Mallory presents it once more', 'Mallory 再次出示它')),
      ],
      check: [
        verdicts(
          ['allowed', 'allowed', 'allowed', 'allowed', 'refresh-reused'],
          w('Within the window everybody is let in; after it the family ends', '窗口之内谁都能进；窗口之后家族终结'),
        ),
        {
          check: 'step',
          nth: 4,
          kind: 'refresh-reuse',
          outcome: 'info',
          label: w('The server knows that it was used before, and lets it pass', '服务器知道它用过，却放行了'),
        },
        {
          check: 'step',
          nth: 5,
          kind: 'refresh-reuse',
          outcome: 'fail',
          label: w('Later the same is theft', '再晚一点，同样的事就是盗取'),
        },
      ],
      pins: ['duration'],
      diff: [4, 5],
      notes: {
        minutes: 3,
        ask: w('How long is the window in the library that you use?', '你们用的库，这个窗口有多长？'),
      },
    },
  ],
})
