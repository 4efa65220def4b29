import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// where an organization's feed, registry view and exports are – where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET };
