import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** All processes below one, itself included. */
function family(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {}
  }
  const members = [root]
  for (const member of members) for (const [child, parent] of parents) if (parent === member) members.push(child)
  return members
}

function socketInodes(pid: number): Set<string> {
  const inodes = new Set<string>()
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
        if (inode) inodes.add(inode)
      } catch {}
    }
  } catch {}
  return inodes
}

/** Chromium asks the kernel for a route to [2001:4860:4860::8888] to learn whether there is IPv6. That sends nothing. */
const ROUTE_PROBE = '60480120000060480000000088880000'

const isLoopback = (hexAddress: string): boolean =>
  hexAddress.endsWith('7F') || // 127.0.0.0/8, little-endian
  /^0+$/.test(hexAddress) || // not connected
  hexAddress === '00000000000000000000000001000000' || // ::1
  /^0{16}FFFF0000.{6}7F$/.test(hexAddress) // ::ffff:127.0.0.0/104

/** Every socket of this machine with a remote address off it: what and where to, by its inode. */
function foreignSockets(): Map<string, string> {
  const found = new Map<string, string>()
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    const lines = readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1)
    for (const line of lines) {
      const fields = line.trim().split(/\s+/)
      const remote = fields[2]?.split(':')[0] ?? ''
      if (!isLoopback(remote) && remote !== ROUTE_PROBE) found.set(fields[9] ?? '', `${table} ${fields[2]}`)
    }
  }
  return found
}

/** Remote addresses off this machine that a process family has sockets to right now, in the kernel's hexadecimal form. */
export function foreignPeers(root: number): string[] {
  const foreign = foreignSockets()
  // Looking through the family's descriptors takes a hundred times as long as reading the tables.
  if (foreign.size === 0) return []
  const own = new Set(family(root).flatMap((pid) => [...socketInodes(pid)]))
  return [...foreign].flatMap(([inode, peer]) => (own.has(inode) ? [peer] : []))
}
