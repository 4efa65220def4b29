import type { ConformanceCase } from '../types.ts';
import { aliasCases } from './alias.ts';
import { authCases } from './auth.ts';
import { cachingCases } from './caching.ts';
import { clientCases } from './clients.ts';
import { corsCases } from './cors.ts';
import { editCases } from './edit.ts';
import { encodingCases } from './encoding.ts';
import { envelopeCases } from './envelope.ts';
import { pagingCases } from './paging.ts';
import { parameterCases } from './parameters.ts';
import { publishCases } from './publish.ts';
import { serviceCases } from './service.ts';
import { statusCases } from './status.ts';
import { syncCases } from './sync.ts';
import { validateCases } from './validate.ts';

/** Every case, in the order of the report. */
export const CONFORMANCE_CASES: ConformanceCase[] = [
  ...envelopeCases,
  ...parameterCases,
  ...pagingCases,
  ...syncCases,
  ...encodingCases,
  ...cachingCases,
  ...corsCases,
  ...aliasCases,
  ...clientCases,
  ...serviceCases,
  ...validateCases,
  ...publishCases,
  ...statusCases,
  ...editCases,
  ...authCases,
];
