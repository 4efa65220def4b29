export { checkClaim } from './check-claim.ts';
export { cancelClaim, listClaims, startClaim } from './claims.ts';
export { checkNamespaceNow, recheckDue, recheckNamespaces } from './recheck-namespaces.ts';
export {
  type AuthMethod,
  type ClaimView,
  type Instruction,
  PROOF_CODES,
  type Proof,
  type ProofCheck,
  type ProofCode,
  type ProofKind,
  type ProvenAuthority,
  type Seen,
} from './types.ts';
