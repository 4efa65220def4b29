import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// /api/v1 – Hallmark's own API, where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET, mountMachineRequest as POST };
