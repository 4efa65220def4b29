/** Bounds of reading a package's code. What they leave out is reported by `scan.code-not-read`. */
export const CODE_LIMITS = {
  /** Files read of one package. */
  files: 3_000,
  /** UTF-8 bytes of one file. Bundles of 5 MB are read whole. */
  fileBytes: 6 * 1024 * 1024,
  /** UTF-8 bytes of all files. */
  bytes: 16 * 1024 * 1024,
  /** Bytes of one Python file, and of all: its parser is ten times slower. */
  pythonFileBytes: 1024 * 1024,
  pythonBytes: 4 * 1024 * 1024,
  /** Files up to this size are kept in memory for following a value from one to another. */
  followedFileBytes: 1024 * 1024,
  /** Levels of nesting followed of an expression or a block. */
  depth: 200,
  /** Nodes of syntax visited in one package, functions that are followed counted each time. */
  steps: 12_000_000,
  /** Nodes visited in following the calls of tools' handlers, of them. */
  toolSteps: 4_000_000,
  /** Nodes visited in following other calls: those of the start tell what is done without being asked. */
  otherSteps: 1_000_000,
  /** Calls followed from a tool's handler, and from the start of a module. */
  callDepth: 4,
  startDepth: 3,
  /** Sources remembered of one value, functions that one value may be, and parts of one text. */
  sources: 8,
  functions: 80,
  parts: 64,
  /** Sightings of one rule, and places kept of one power. */
  sightingsPerRule: 60,
  placesPerPower: 5,
  powersPerKind: 40,
  /** Files named one by one as not read. */
  notRead: 20,
  /** UTF-16 units of constant text kept of one value. */
  textChars: 4_000,
} as const;
