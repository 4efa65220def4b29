import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// /openapi.yaml – the description of the registry API, where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET, mountMachineRequest as OPTIONS };
