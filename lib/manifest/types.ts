/**
 * The types of `server.json` (schema 2025-12-11) and of what an MCP server says about itself.
 * Source: modelcontextprotocol/registry, server.json schema; MCP specification 2025-11-25.
 */

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A value that the user fills in: an environment variable, a header, a URL variable or an argument. */
export type Input = {
  description?: string;
  isRequired?: boolean;
  format?: 'string' | 'number' | 'boolean' | 'filepath';
  value?: string;
  isSecret?: boolean;
  default?: string;
  placeholder?: string;
  choices?: string[];
};

export type InputWithVariables = Input & { variables?: Record<string, Input> };
export type KeyValueInput = InputWithVariables & { name: string };
export type PositionalArgument = InputWithVariables & {
  type: 'positional';
  valueHint?: string;
  isRepeated?: boolean;
};
export type NamedArgument = InputWithVariables & { type: 'named'; name: string; isRepeated?: boolean };
export type Argument = PositionalArgument | NamedArgument;

export type StdioTransport = { type: 'stdio' };
export type HttpTransport = {
  type: 'streamable-http' | 'sse';
  url: string;
  headers?: KeyValueInput[];
  variables?: Record<string, Input>;
};

export type Package = {
  registryType: 'npm' | 'pypi' | 'nuget' | 'cargo' | 'oci' | 'mcpb' | (string & {});
  registryBaseUrl?: string;
  identifier: string;
  version?: string;
  fileSha256?: string;
  runtimeHint?: string;
  transport: StdioTransport | HttpTransport;
  runtimeArguments?: Argument[];
  packageArguments?: Argument[];
  environmentVariables?: KeyValueInput[];
};

export type Remote = HttpTransport;

export type Repository = { url: string; source: string; id?: string; subfolder?: string };
export type Icon = { src: string; mimeType?: string; sizes?: string[]; theme?: 'light' | 'dark' };

/** A parsed and valid `server.json`. Keys that the schema does not know are kept where the schema allows them. */
export type Manifest = {
  $schema: string;
  name: string;
  title?: string;
  description: string;
  version: string;
  websiteUrl?: string;
  repository?: Repository;
  icons?: Icon[];
  packages?: Package[];
  remotes?: Remote[];
  _meta?: JsonObject;
};

/** MCP `Tool`, as `tools/list` returns it. */
export type ToolDefinition = {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonObject;
  outputSchema?: JsonObject;
  annotations?: ToolAnnotations;
};
export type ToolAnnotations = {
  title?: string;
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
};
/** MCP `Prompt`, `Resource` and `ResourceTemplate`; kept as the server sent them. */
export type PromptDefinition = { name: string; title?: string; description?: string; arguments?: JsonValue[] };
export type ResourceDefinition = { uri: string; name: string; title?: string; description?: string; mimeType?: string };
export type ResourceTemplateDefinition = {
  uriTemplate: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
};

/** Everything a server tells a model about itself; null where it was not seen, [] where the server has none. */
export type Definitions = {
  tools: ToolDefinition[] | null;
  prompts: PromptDefinition[] | null;
  resources: ResourceDefinition[] | null;
  resourceTemplates: ResourceTemplateDefinition[] | null;
  instructions: string | null;
};

export type IssueType = 'json' | 'schema' | 'semantic' | 'linter';
export type IssueSeverity = 'error' | 'warning' | 'info';

/** One fault of a manifest. `path` is in the form `packages[0].transport.url`; empty for the document itself. */
export type ManifestIssue = {
  type: IssueType;
  path: string;
  message: string;
  severity: IssueSeverity;
  /** Stable slug, e.g. `version-looks-like-range`; see `ISSUE_REFERENCES`. */
  reference: string;
};

export type ManifestDigests = {
  /** Lower-case hex sha256 of the uploaded bytes. */
  manifestSha256: string;
  /** Lower-case hex sha256 of the RFC 8785 form. */
  manifestJcsSha256: string;
};

export type ParsedManifest =
  | { ok: true; manifest: Manifest; digests: ManifestDigests; issues: ManifestIssue[] }
  | { ok: false; issues: ManifestIssue[] };

export type DefinitionDigests = {
  /** Per tool name; sha256 of JCS of {name, title?, description?, inputSchema, outputSchema?, annotations?}. */
  tools: Record<string, string>;
  toolsDigest: string | null;
  promptsDigest: string | null;
  resourcesDigest: string | null;
  resourceTemplatesDigest: string | null;
  instructionsDigest: string | null;
};
