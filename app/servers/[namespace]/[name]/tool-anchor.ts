/** Id of a tool on the page; a tool's name may hold anything. */
export const toolAnchor = (name: string): string => `tool-${encodeURIComponent(name)}`;
