export { findFlows } from './find-flows.ts';
export {
  FLOW_FACTS,
  type Flow,
  type FlowFact,
  type FlowReport,
  type FlowServer,
  type FlowStep,
  type ServerFacts,
} from './types.ts';
