import type { IssueSeverity, IssueType } from './types.ts';

export type IssueRule = {
  type: IssueType;
  /** Where a publisher uploads the manifest. */
  severity: IssueSeverity;
  /** Where the manifest is copied from another registry: what only concerns publishing is a warning there. */
  mirrorSeverity: IssueSeverity;
  explanation: string;
  fix: string;
};

const error = (type: IssueType, explanation: string, fix: string): IssueRule => ({
  type,
  severity: 'error',
  mirrorSeverity: 'error',
  explanation,
  fix,
});
/** An error for who publishes, a warning for who copies. */
const publishError = (type: IssueType, explanation: string, fix: string): IssueRule => ({
  ...error(type, explanation, fix),
  mirrorSeverity: 'warning',
});
const warning = (type: IssueType, explanation: string, fix: string): IssueRule => ({
  ...error(type, explanation, fix),
  severity: 'warning',
  mirrorSeverity: 'warning',
});

/**
 * Every rule a manifest can break, by the slug that issues carry as `reference`. Slugs of the official MCP registry keep
 * its spelling; `json-…`, `schema-…` and the rest are ours.
 */
export const ISSUE_REFERENCES = {
  // The bytes are not one unambiguous JSON document (DESIGN §5.2; RFC 8259, RFC 7493).
  'json-too-large': error('json', 'The document is larger than 1 MiB.', 'Make the document smaller.'),
  'json-byte-order-mark': error('json', 'The document starts with a byte order mark.', 'Save it as UTF-8 without BOM.'),
  'json-invalid-utf8': error('json', 'The bytes are not UTF-8.', 'Save the document as UTF-8.'),
  'json-syntax': error('json', 'The text is not JSON.', 'Correct the syntax at the named place.'),
  'json-comment': error('json', 'JSON has no comments.', 'Remove the comment.'),
  'json-trailing-comma': error('json', 'JSON has no comma after the last member.', 'Remove the comma.'),
  'json-too-deep': error('json', 'Arrays and objects are nested more than 64 levels deep.', 'Flatten the document.'),
  'json-too-many-values': error(
    'json',
    'The document holds more values than any manifest needs.',
    'Shorten its lists.',
  ),
  'json-duplicate-key': error(
    'json',
    'A key appears twice in one object. Readers differ in which one they take, so a signature would not say which is meant.',
    'Keep one of the members.',
  ),
  'json-unsafe-integer': error(
    'json',
    'Integers beyond ±(2^53 − 1) change their digits in many readers (RFC 7493 §2.2).',
    'Write the number as a string.',
  ),
  'json-number-overflow': error(
    'json',
    'The number is too large for a double.',
    'Write the number as a string, or a smaller one.',
  ),
  'json-number-precision': error(
    'json',
    'The number has more digits than a double keeps, so its canonical form would be another number.',
    'Write fewer digits, or a string.',
  ),
  'json-lone-surrogate': error(
    'json',
    'Half of a surrogate pair stands alone, which no UTF-8 text can hold.',
    'Write the whole character, or remove the escape.',
  ),
  'json-null-character': error('json', 'The text contains U+0000.', 'Remove the character.'),

  // The document does not have the shape of server.json.
  'schema-type': error('schema', 'The value has another type than the schema says.', 'Use the named type.'),
  'schema-required': error('schema', 'A required member is missing.', 'Add it.'),
  'schema-too-short': error('schema', 'The text is empty or too short.', 'Write more, or leave the member out.'),
  'schema-too-long': publishError('schema', 'The text is longer than the schema allows.', 'Shorten it.'),
  'schema-pattern': publishError(
    'schema',
    'The text does not have the form that the schema asks for.',
    'Use that form.',
  ),
  'schema-enum': publishError('schema', 'The value is not one of the listed ones.', 'Use one of the listed values.'),
  'schema-field-required': publishError(
    'schema',
    'A manifest names the schema it was written for.',
    'Add "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json".',
  ),
  'schema-version-unknown': publishError(
    'schema',
    'This registry does not know the named schema.',
    'Use "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json".',
  ),
  'schema-version-outdated': warning(
    'schema',
    'The manifest names an older schema. It is checked against the rules of the current one.',
    'Move to 2025-12-11 when you publish next.',
  ),
  'unknown-key': warning(
    'linter',
    'The schema does not know this key; clients ignore it.',
    'Remove it, or correct its name.',
  ),

  // Name, version, title, description.
  'invalid-server-name': error(
    'semantic',
    'A name is a reverse-DNS namespace, one slash, and a name: io.github.acme/weather.',
    'Use letters, digits, dots and hyphens before the slash, also underscores after it; each part has two characters or more and starts and ends with a letter or digit.',
  ),
  'reserved-version-string': error(
    'semantic',
    '"latest" stands for the newest version in the API.',
    'Name the exact version, such as 1.2.3.',
  ),
  'version-looks-like-range': publishError(
    'semantic',
    'A version names one release, not a range of them.',
    'Name one exact version, such as 1.2.3.',
  ),
  'invisible-characters': publishError(
    'semantic',
    'An identifier contains characters that show nothing or reorder the text, so it reads as another one.',
    'Remove them.',
  ),
  'invisible-characters-in-text': warning(
    'linter',
    'A text for people contains characters that show nothing or reorder the text.',
    'Remove them.',
  ),
  'title-whitespace-only': publishError('semantic', 'The title is blank.', 'Write a title, or leave it out.'),
  'description-whitespace-only': publishError('semantic', 'The description is blank.', 'Say what the server does.'),

  // Repository, website, icons.
  'invalid-repository-url': publishError(
    'semantic',
    'The repository is not a project on the named forge.',
    'Use https://github.com/OWNER/REPOSITORY or https://gitlab.com/GROUP/PROJECT.',
  ),
  'unsupported-repository-source': publishError(
    'semantic',
    'The repository is on a forge that the registry cannot check.',
    'Use "github" or "gitlab", or leave the repository out.',
  ),
  'invalid-subfolder-path': publishError(
    'semantic',
    'The subfolder is not a clean path relative to the repository root.',
    'Write it as packages/server: no leading or trailing slash, no "..", no empty part, no spaces.',
  ),
  'invalid-website-url': publishError(
    'semantic',
    'The website is not a usable URL.',
    'Write a complete https URL without spaces, quotes, angle brackets or backslashes.',
  ),
  'website-url-must-be-absolute': publishError(
    'semantic',
    'The website has no scheme.',
    'Write the complete URL, beginning with https://.',
  ),
  'website-url-invalid-scheme': publishError('semantic', 'The website is not https.', 'Use an https URL.'),
  'icon-src-invalid-url': publishError('semantic', 'The icon is not a usable URL.', 'Write a complete https URL.'),
  'icon-src-not-absolute': publishError(
    'semantic',
    'The icon has no scheme.',
    'Write the complete URL, beginning with https://.',
  ),
  'icon-src-invalid-scheme': publishError('semantic', 'The icon is not https.', 'Use an https URL.'),
  'url-has-credentials': publishError(
    'semantic',
    'The URL carries a user name or password, which can make it look like another host.',
    'Remove everything before the @.',
  ),

  // Packages.
  'unsupported-registry-type': publishError(
    'semantic',
    'The registry cannot check packages of this type.',
    'Use npm, pypi, nuget, cargo, oci or mcpb.',
  ),
  'unsupported-registry-base-url': publishError(
    'semantic',
    'Packages of this type come from one public registry.',
    'Use that registry, or leave registryBaseUrl out.',
  ),
  'registry-base-url-not-used': warning(
    'linter',
    'The identifier of this package type already names where it comes from.',
    'Leave registryBaseUrl out.',
  ),
  'package-name-has-spaces': publishError('semantic', 'The package identifier contains spaces.', 'Remove them.'),
  'invalid-package-identifier': publishError(
    'semantic',
    'The identifier is not a package name of its registry.',
    'Write the bare package name and put the version into "version".',
  ),
  'unsupported-oci-registry': publishError(
    'semantic',
    'The image is on a registry that cannot be checked.',
    'Use docker.io, ghcr.io, quay.io, mcr.microsoft.com, *.pkg.dev or *.azurecr.io.',
  ),
  'package-version-not-exact': publishError(
    'semantic',
    'The version is not one exact release in this package registry.',
    'Write the version exactly as its registry lists it.',
  ),
  'package-not-pinned': warning(
    'linter',
    'What this package resolves to can change after publication.',
    'Name an exact version; for an image, its sha256 digest.',
  ),
  'oci-version-not-used': warning(
    'linter',
    'An image reference carries its tag or digest itself.',
    'Put the tag or digest into "identifier" and leave "version" out.',
  ),
  'invalid-mcpb-url': publishError(
    'semantic',
    'A bundle is a release file on GitHub or GitLab.',
    'Use an https URL on github.com or gitlab.com.',
  ),
  'mcpb-url-without-mcp': publishError(
    'semantic',
    'The URL of a bundle contains "mcp".',
    'Use the file ending .mcpb, or a repository with mcp in its name.',
  ),
  'mcpb-file-sha256-required': publishError(
    'semantic',
    'A bundle is a bare download; its digest is all that identifies it.',
    'Add "fileSha256" with the lower-case hex sha256 of the file.',
  ),
  'runtime-hint-missing': warning(
    'linter',
    'Runtime arguments are meant for one runtime, which is not named.',
    'Add "runtimeHint".',
  ),
  'invalid-environment-variable-name': publishError(
    'semantic',
    'The name cannot be the name of an environment variable.',
    'Use letters, digits and underscores, and start with no digit.',
  ),
  'duplicate-environment-variable': warning(
    'linter',
    'The variable is listed twice; clients differ in which entry they take.',
    'Keep one.',
  ),

  // Arguments and other inputs.
  'invalid-argument-type': error('semantic', 'An argument is positional or named.', 'Use "positional" or "named".'),
  'named-argument-name-required': error(
    'semantic',
    'A named argument has a name.',
    'Add "name", such as "--port", or make the argument positional.',
  ),
  'invalid-named-argument-name': publishError(
    'semantic',
    'The name of an argument contains its value or a description.',
    'Keep only the flag, such as "--port"; put the value into "value" or "default".',
  ),
  'argument-value-starts-with-name': publishError(
    'semantic',
    'The value repeats the name of the argument.',
    'Keep only the value.',
  ),
  'argument-default-starts-with-name': publishError(
    'semantic',
    'The default repeats the name of the argument.',
    'Keep only the value.',
  ),
  'positional-argument-value-required': publishError(
    'semantic',
    'A positional argument has a value, or a hint that names it for the user.',
    'Add "value" or "valueHint".',
  ),
  'unresolved-template-variable': warning(
    'linter',
    'The value mentions a variable that is not defined beside it; clients pass it on literally.',
    'Define it under "variables".',
  ),
  'default-not-in-choices': warning(
    'linter',
    'The default is not among the choices.',
    'Add it to the choices, or change it.',
  ),
  'invalid-header-name': publishError(
    'semantic',
    'The name cannot be the name of an HTTP header (RFC 9110 §5.1).',
    'Use letters, digits and hyphens.',
  ),
  'invalid-header-value': publishError(
    'semantic',
    'A line break in a header value would start another header.',
    'Remove control characters from the value.',
  ),

  // Transports.
  'unsupported-transport-type': error(
    'semantic',
    'A package speaks stdio, streamable-http or sse.',
    'Use one of the three.',
  ),
  'stdio-transport-url-not-empty': publishError(
    'semantic',
    'A stdio transport has no URL.',
    'Remove "url", or change the type.',
  ),
  'streamable-transport-url-required': error('semantic', 'An HTTP transport has a URL.', 'Add "url".'),
  'invalid-templated-url': publishError(
    'semantic',
    'The URL is not usable once its {variables} are filled in.',
    'Begin with a literal http:// or https:// and define every variable that the URL mentions.',
  ),
  'remote-transport-url-required': error('semantic', 'A remote has a URL.', 'Add "url".'),
  'invalid-remote-url': publishError(
    'semantic',
    'The URL of a remote is not one that clients elsewhere can reach.',
    'Begin with a literal http:// or https:// and a host that is not this machine.',
  ),
  'unsupported-remote-transport-type': error(
    'semantic',
    'A remote speaks streamable-http or sse.',
    'Use one of the two; for stdio, list a package.',
  ),
  'remote-url-not-https': warning(
    'linter',
    'The remote is plain http: anyone on the way can read and change it.',
    'Use https.',
  ),
  'no-packages-or-remotes': warning(
    'linter',
    'Nothing says how to run or reach the server.',
    'Add an entry to "packages" or "remotes".',
  ),

  // _meta.
  'publisher-meta-too-large': publishError(
    'semantic',
    'The publisher-provided metadata is larger than 4096 bytes.',
    'Keep less under that key.',
  ),
  'meta-key-ignored': warning(
    'linter',
    'Registries keep only io.modelcontextprotocol.registry/publisher-provided under "_meta"; other keys are not read.',
    'Move the data under that key.',
  ),

  'too-many-issues': error(
    'linter',
    'The document has more faults than are listed.',
    'Correct the listed ones and check again.',
  ),
} as const satisfies Record<string, IssueRule>;

export type IssueReference = keyof typeof ISSUE_REFERENCES;
