import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// the signed feed of an organization, its event stream and acknowledgements – where Next is served without our own entry
export const dynamic = 'force-dynamic';
export { mountMachineRequest as GET, mountMachineRequest as POST };
