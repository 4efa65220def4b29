export {
  createOutbound,
  type Outbound,
  type OutboundRequest,
  type OutboundResponse,
  type OutboundStream,
  outbound,
} from './outbound.ts';
export { OutboundError, type OutboundErrorCode } from './outbound-error.ts';
export { createResolver, type Resolver } from './resolver.ts';
