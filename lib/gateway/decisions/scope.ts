/** For whom a gateway decides, beside what it decides about. Nothing here can allow more than the organization does. */
export type Scope = {
  /** What `environments` of an entry is compared with; null where the gateway was not told. */
  environment: string | null;
  /** Slugs of the signed list. A name that the list does not have refuses everything. */
  team: string | null;
  group: string | null;
  /** Only tools that are `readOnly`. */
  readOnly: boolean;
};

export const NO_SCOPE: Scope = { environment: null, team: null, group: null, readOnly: false };
