/** Files that hold secrets of a person or a machine, in paths that the analysis put together; `~` is the home directory. */
const SENSITIVE: readonly { path: RegExp; says: string; topic: RegExp }[] = [
  {
    path: /(?:^|\/)\.ssh\/(?!config\b|known_hosts)[\w.*-]*|(?:^|\/)id_(?:rsa|ed25519|ecdsa|dsa)$/,
    says: 'private SSH keys',
    topic: /ssh|sftp|scp|git|tunnel|bastion|remote|deploy|server/,
  },
  { path: /(?:^|\/)\.aws\/credentials/, says: 'AWS credentials', topic: /aws|amazon|s3|cloud|bedrock|lambda/ },
  {
    path: /(?:^|\/)\.(?:kube\/config|docker\/config\.json)/,
    says: 'cluster or registry credentials',
    topic: /kube|k8s|docker|container|cluster|helm|registry|podman/,
  },
  {
    path: /(?:^|\/)(?:\.azure\/|\.config\/gcloud\/|application_default_credentials)/,
    says: 'cloud credentials',
    topic: /azure|gcloud|google|gcp|cloud|vertex|firebase/,
  },
  {
    path: /(?:^|\/)\.(?:netrc|git-credentials|pgpass|pypirc|npmrc)$/,
    says: 'stored passwords',
    topic: /git|netrc|postgres|pypi|npm|publish|registry|package/,
  },
  { path: /(?:^|\/)\.gnupg\//, says: 'GnuPG keys', topic: /gpg|pgp|gnupg/ },
  {
    path: /(?:^|\/)\.(?:bash|zsh|sh|python|node_repl)_history$/,
    says: 'what was typed',
    topic: /history|shell|terminal/,
  },
  {
    path: /^\/etc\/(?:shadow|sudoers)|\/proc\/(?:self|\d+|\0)\/environ/,
    says: 'secrets of the machine',
    topic: /audit|harden|sudo|procfs|process/,
  },
  {
    path: /(?:Login Data|Local State|cookies\.sqlite|logins\.json|key4\.db|login\.keychain|keychain-db|Cookies)$/,
    says: 'passwords and cookies of a browser',
    topic: /browser|chrome|firefox|cookie|keychain|safari|edge|login|auth/,
  },
  {
    path: /(?:wallet\.dat|\.electrum\/|\.bitcoin\/|\.ethereum\/|\.config\/solana\/id\.json|Exodus\/exodus\.wallet|MetaMask)/i,
    says: 'a wallet',
    topic: /wallet|bitcoin|ethereum|solana|crypto|web3|chain/,
  },
];

export type SensitivePlace = { says: string; topic: RegExp };

export const sensitivePlace = (path: string): SensitivePlace | null =>
  SENSITIVE.find((place) => place.path.test(path)) ?? null;

/** Files that start something by themselves, or let somebody in. */
const STARTUP =
  /(?:^|\/)(?:\.bashrc|\.bash_profile|\.bash_login|\.zshrc|\.zprofile|\.zshenv|\.profile|\.config\/fish\/config\.fish|\.ssh\/authorized_keys|\.config\/autostart\/[^/]*|\.config\/systemd\/user\/[^/]*|Library\/LaunchAgents\/[^/]*|LaunchDaemons\/[^/]*|Start Menu\/Programs\/Startup\/[^/]*|etc\/cron[\w./]*|var\/spool\/cron[\w./]*|etc\/(?:profile|rc\.local|systemd\/system\/[^/]*|ld\.so\.preload)|\.git\/hooks\/[^/]*|sitecustomize\.py|usercustomize\.py|[\w.-]*\.pth)$/;

/** Files that tell other programs, and the model itself, what to do. */
const CLIENTS =
  /(?:claude_desktop_config\.json|\.claude\.json|\.claude\/(?:settings(?:\.local)?\.json|CLAUDE\.md)|\.cursor\/(?:mcp\.json|rules\/[^/]*)|\.cursorrules|\.codeium\/windsurf\/[^/]*|\.vscode\/(?:mcp|settings|tasks)\.json|Code\/User\/(?:settings|mcp)\.json|\.gemini\/settings\.json|\.codex\/config\.toml|\.continue\/config\.(?:json|yaml)|(?:^|\/)(?:CLAUDE|AGENTS|GEMINI)\.md|\.github\/copilot-instructions\.md)$/;

export const isStartupFile = (path: string): boolean => STARTUP.test(path);
export const isClientFile = (path: string): boolean => CLIENTS.test(path);

/** Commands that arrange for something to start by itself. */
export const STARTUP_COMMAND =
  /\bcrontab\s+-(?!l\b)|\bschtasks(?:\.exe)?\s+\/create|\blaunchctl\s+(?:load|bootstrap)|\breg(?:\.exe)?\s+add\s[^\n]{0,200}\\Run\b|\bsystemctl\s+(?:--user\s+)?enable|>>\s*~?\/?[\w./$]{0,60}\.(?:bashrc|zshrc|profile|bash_profile)\b|authorized_keys/i;

/** A shell that is handed to another machine. */
export const REVERSE_SHELL =
  /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)(?:\.exe)?\s[^|;\n]{0,80}-[a-z]{0,5}[ec]\b\s*(?:\/bin\/)?(?:ba|z|da)?sh|\bmkfifo\b[^\n]{0,200}\b(?:nc|ncat|netcat|telnet)\b|socat\s[^\n]{0,120}exec:|System\.Net\.Sockets\.TCPClient/i;

/** Something is fetched and run at once. */
export const FETCH_AND_RUN =
  /\b(?:curl|wget|fetch)\b[^|;&\n]{0,400}\|\s*(?:sudo\s+)?(?:\/usr)?(?:\/bin\/)?(?:env\s+)?(?:ba|z|da|k)?(?:sh|python3?|node|perl|ruby)\b|\b(?:ba|z)?sh\s+(?:-c\s+)?["']?(?:<\(|\$\(|`)\s*(?:curl|wget)|\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod|DownloadString)\b[^\n]{0,300}(?:\biex\b|Invoke-Expression)|\b(?:iex|Invoke-Expression)\b[^\n]{0,100}(?:DownloadString|iwr|irm)/i;

/** A program hidden in base64 and run. */
export const DECODE_AND_RUN =
  /\bbase64\s+(?:-d|-D|--decode)\b[^|;\n]{0,200}\|\s*(?:ba|z)?sh\b|powershell(?:\.exe)?\s[^\n]{0,200}-e(?:nc(?:odedcommand)?)?\s+[A-Za-z0-9+/=]{40,}/i;

/** Names of variables and entries that hold secrets. */
export const SECRET_WORDS = /key|token|secret|passw|passwd|credential|auth|private|session|cookie|wallet|mnemonic/i;
