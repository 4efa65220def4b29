/**
 * The system call filter of the sandbox, as classic BPF for seccomp(2): everything is allowed except calls that a
 * program has no business making inside (mounting, new namespaces, tracing, kernel keys, bpf, io_uring …), and those
 * that would get round the limits: memory that no process is charged for (memfd, System V shared memory) and sockets
 * outside the network namespace (AF_VSOCK reaches the hypervisor).
 * Sources: seccomp(2), linux/filter.h, linux/audit.h, asm/unistd_64.h, asm-generic/unistd.h.
 */

type Architecture = { audit: number; calls: Record<string, number> };

/** Numbers that are the same on every architecture (system calls added since Linux 5.0). */
const SHARED_CALLS = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  clone3: 435,
  mount_setattr: 442,
  memfd_secret: 447,
};

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    calls: {
      ...SHARED_CALLS,
      ioctl: 16,
      shmget: 29,
      socket: 41,
      clone: 56,
      msgget: 68,
      ptrace: 101,
      syslog: 103,
      personality: 135,
      pivot_root: 155,
      chroot: 161,
      acct: 163,
      settimeofday: 164,
      mount: 165,
      umount2: 166,
      swapon: 167,
      swapoff: 168,
      reboot: 169,
      iopl: 172,
      ioperm: 173,
      init_module: 175,
      delete_module: 176,
      quotactl: 179,
      clock_settime: 227,
      kexec_load: 246,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      unshare: 272,
      perf_event_open: 298,
      name_to_handle_at: 303,
      open_by_handle_at: 304,
      setns: 308,
      process_vm_readv: 310,
      process_vm_writev: 311,
      finit_module: 313,
      memfd_create: 319,
      kexec_file_load: 320,
      bpf: 321,
      userfaultfd: 323,
    },
  },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      ...SHARED_CALLS,
      ioctl: 29,
      umount2: 39,
      mount: 40,
      pivot_root: 41,
      chroot: 51,
      quotactl: 60,
      acct: 89,
      personality: 92,
      unshare: 97,
      kexec_load: 104,
      init_module: 105,
      delete_module: 106,
      clock_settime: 112,
      syslog: 116,
      ptrace: 117,
      reboot: 142,
      settimeofday: 170,
      msgget: 186,
      shmget: 194,
      socket: 198,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      clone: 220,
      swapon: 224,
      swapoff: 225,
      perf_event_open: 241,
      name_to_handle_at: 264,
      open_by_handle_at: 265,
      setns: 268,
      process_vm_readv: 270,
      process_vm_writev: 271,
      finit_module: 273,
      memfd_create: 279,
      bpf: 280,
      userfaultfd: 282,
      kexec_file_load: 294,
    },
  },
};

/** Calls with a rule of their own below; the others of the tables are refused with EPERM. */
const SPECIAL_CALLS = new Set([
  'clone',
  'clone3',
  'socket',
  'ioctl',
  'memfd_create',
  'io_uring_setup',
  'shmget',
  'msgget',
]);
/** Programs probe for these and go on without them when the kernel says that it does not have them. */
const UNKNOWN_CALLS = ['clone3', 'memfd_create', 'io_uring_setup', 'shmget', 'msgget'];

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: all bound to the (empty) network namespace or to the file system. */
const SOCKET_FAMILIES = [1, 2, 10, 16];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of linux/sched.h. */
const CLONE_NAMESPACES = 0x7e020000;
/** A process that nobody who follows its parent may follow. */
const CLONE_UNTRACED = 0x00800000;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const fail = (errno: number) => 0x00050000 | errno;

// linux/filter.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JGE|BPF_K, BPF_JMP|BPF_JSET|BPF_K, BPF_RET|BPF_K
const LD = 0x20;
const JEQ = 0x15;
const JGE = 0x35;
const JSET = 0x45;
const RET = 0x06;

// Offsets in struct seccomp_data; arguments are 64 bits wide, the low word first on both (little-endian) architectures.
const NR = 0;
const ARCH = 4;
const argument = (index: number) => 16 + 8 * index;

type Instruction = [code: number, jumpTrue: number, jumpFalse: number, k: number];

/** Whether there is a filter for this processor. */
export function hasSystemCallFilter(arch: NodeJS.Architecture = process.arch): boolean {
  return ARCHITECTURES[arch] !== undefined;
}

/** Returns the filter program for `arch` in the layout of `struct sock_filter[]`; throws for an unknown processor. */
export function systemCallFilter(arch: NodeJS.Architecture = process.arch): Buffer {
  const table = ARCHITECTURES[arch];
  if (!table) throw new Error(`No system call filter for ${arch}.`);
  const { audit, calls } = table;
  const number = (name: string) => {
    const value = calls[name];
    if (value === undefined) throw new Error(`No number for the system call ${name}.`);
    return value;
  };

  const program: Instruction[] = [
    [LD, 0, 0, ARCH],
    [JEQ, 1, 0, audit],
    [RET, 0, 0, KILL_PROCESS],
    [LD, 0, 0, NR],
  ];
  // x32 calls carry bit 30 and would reach the same calls under other numbers.
  if (arch === 'x64') program.push([JGE, 0, 1, 0x40000000], [RET, 0, 0, KILL_PROCESS]);
  const refuse = (name: string, errno: number) => program.push([JEQ, 0, 1, number(name)], [RET, 0, 0, fail(errno)]);
  for (const name of UNKNOWN_CALLS) refuse(name, ENOSYS);
  for (const name of Object.keys(calls)) if (!SPECIAL_CALLS.has(name)) refuse(name, EPERM);

  program.push(
    [JEQ, 0, 4, number('clone')],
    [LD, 0, 0, argument(0)],
    [JSET, 0, 1, CLONE_NAMESPACES | CLONE_UNTRACED],
    [RET, 0, 0, fail(EPERM)],
    [RET, 0, 0, ALLOW],
  );
  program.push(
    [JEQ, 0, 5, number('ioctl')],
    [LD, 0, 0, argument(1)],
    [JEQ, 1, 0, TIOCSTI],
    [JEQ, 0, 1, TIOCLINUX],
    [RET, 0, 0, fail(EPERM)],
    [RET, 0, 0, ALLOW],
  );
  const families = SOCKET_FAMILIES.length;
  program.push([JEQ, 0, families + 2, number('socket')], [LD, 0, 0, argument(0)]);
  SOCKET_FAMILIES.forEach((family, index) => {
    program.push([JEQ, families - index, 0, family]);
  });
  program.push([RET, 0, 0, fail(EAFNOSUPPORT)], [RET, 0, 0, ALLOW]);

  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, jumpTrue, jumpFalse, k], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jumpTrue, index * 8 + 2);
    bytes.writeUInt8(jumpFalse, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  });
  return bytes;
}
