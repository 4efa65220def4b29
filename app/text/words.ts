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
