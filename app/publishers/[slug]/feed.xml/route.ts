import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// Atom: versions of a publisher's servers – where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET };
