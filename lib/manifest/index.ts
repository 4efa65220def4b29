export { CanonicalJsonError, canonicalJson, manifestDigests, sha256Hex } from './canonical.ts';
export type { ArgumentTemplate, CommandArgument } from './command-arguments.ts';
export type { Placeholder, TemplatePart } from './command-template.ts';
export { definitionDigests, toolDigest } from './definition-digests.ts';
export { type FilledCommand, fillCommand } from './fill-command.ts';
export {
  type CommandVariable,
  NO_COMMAND_REASONS,
  type NoCommandReason,
  type PackageCommand,
  type PackageCommandResult,
  packageCommand,
  resolvePackageCommand,
} from './install-command.ts';
export { findInvisibleCharacters } from './invisible-characters.ts';
export { ISSUE_REFERENCES, type IssueReference, type IssueRule } from './issue-references.ts';
export type { ManifestMode } from './issue-report.ts';
export { codePointName, formatPath, type JsonPath, quoteText } from './json-path.ts';
export { LIMITS } from './limits.ts';
export {
  domainOf,
  githubNamespace,
  githubOwnerOf,
  isPublishableServerName,
  namespaceOf,
  type ServerName,
  splitServerName,
} from './names.ts';
export { formatOciReference, type OciReference, ociReferenceOf, parseOciReference } from './oci-reference.ts';
export {
  isExactPackageVersion,
  isPackageIdentifier,
  REGISTRY_BASE_URLS,
  REGISTRY_TYPES,
  type RegistryType,
} from './package-identifier.ts';
export { type ParseManifestOptions, parseManifest, type ValidationResult, validateManifest } from './parse-manifest.ts';
export { packagePurl } from './purl.ts';
export { CURRENT_SCHEMA_DATE, KNOWN_SCHEMA_DATES, manifestSchema, PUBLISHER_META_KEY, schemaUrl } from './schema.ts';
export { displayArgv, shellQuote } from './shell-quote.ts';
export { parseStrictJson, type StrictJsonLimits, type StrictJsonResult } from './strict-json.ts';
export type * from './types.ts';
export {
  compareVersions,
  isReservedVersion,
  looksLikeRange,
  type PublishedVersion,
  pickLatest,
  type VersionStatus,
} from './versions.ts';
