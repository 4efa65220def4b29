export { type Audit, type AuditArguments, type AuditEvent, auditLog } from './audit/audit.ts';
export { type AuditFile, auditFile } from './audit/audit-file.ts';
export { type CheckedServer, checkGateway } from './check-gateway.ts';
export {
  type GatewayConfig,
  GatewayConfigError,
  parseGatewayConfig,
  readGatewayConfig,
} from './config/gateway-config.ts';
export { type GatewaySetup, gatewaySetup } from './config/setup.ts';
export { type DecideInput, type Decision, decide, type Refusal } from './decisions/decide.ts';
export { DRY_RUN_PASSES, GATEWAY_REASONS, type GatewayReason, REFUSED } from './decisions/reasons.ts';
export { NO_SCOPE, type Scope } from './decisions/scope.ts';
export { parseServerReference, type ServerReference, selectVersion } from './decisions/select-version.ts';
export { sessionDecision } from './decisions/session-decision.ts';
export { REFRESH_LIMITS, refreshDelayMs } from './feed/feed-watch.ts';
export { GATEWAY_EXIT, type GatewayOptions, type GatewayResult, runAggregate, runGateway } from './run-gateway.ts';
export { type HttpGateway, type HttpGatewayOptions, runHttpGateway } from './run-http.ts';
export { ALIAS, exposedName, exposedUri } from './sessions/aggregate-names.ts';
export type { ServerPlan } from './sessions/open-server.ts';
export { DEFAULT_RULES, type SessionRules } from './sessions/rules.ts';
export { type GatewayProcess, type ProcessOptions, startProcess } from './start-process.ts';
export { BASE_ENVIRONMENT, serverEnvironment } from './upstreams/environment.ts';
