const RUNS_AS: Record<string, string> = {
  npm: 'npm',
  pypi: 'PyPI',
  oci: 'container',
  mcpb: 'MCP bundle',
  nuget: 'NuGet',
  cargo: 'Cargo',
  remote: 'remote',
};

/** How people call a way to run: `oci` is a container. */
export const runsAsWord = (value: string): string => RUNS_AS[value] ?? value;

const PROOF: Record<string, string> = {
  granted: 'granted by an admin; proves nothing about who the publisher is',
  github: 'proved through GitHub',
  dns: 'proved through DNS',
  http: 'proved through HTTP',
  demonstration: 'part of the demonstration; nobody can prove it',
};

/** How a publisher came to hold a namespace. */
export const proofWord = (kind: string): string => PROOF[kind] ?? kind;
