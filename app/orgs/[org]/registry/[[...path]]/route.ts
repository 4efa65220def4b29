import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// an organization's view of the registry – where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET, mountMachineRequest as OPTIONS };
