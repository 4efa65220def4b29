import { mountMachineRequest } from '#lib/http/handle-machine-request.ts';

// /v0 and /v0.1 – the MCP registry API, where Next is served without our own entry
export const dynamic = 'force-dynamic';
export {
  mountMachineRequest as DELETE,
  mountMachineRequest as GET,
  mountMachineRequest as OPTIONS,
  mountMachineRequest as PATCH,
  mountMachineRequest as POST,
  mountMachineRequest as PUT,
};
