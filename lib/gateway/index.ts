export { type Audit, type AuditEvent, auditLog } from './audit.ts';
export { type DecideInput, type Decision, decide } from './decide.ts';
export { BASE_ENVIRONMENT, serverEnvironment } from './environment.ts';
export { REFRESH_LIMITS, refreshDelayMs } from './feed-watch.ts';
export { GATEWAY_REASONS, type GatewayReason, REFUSED } from './reasons.ts';
export { GATEWAY_EXIT, type GatewayOptions, type GatewayResult, runGateway } from './run-gateway.ts';
export { parseServerReference, type ServerReference, selectVersion } from './select-version.ts';
export { sessionDecision } from './session-decision.ts';
