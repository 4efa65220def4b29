import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// Atom: decisions of an organization, for its key – where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET };
