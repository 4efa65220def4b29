/**
 * Letters of other scripts that look like a Latin letter in common fonts. Chosen by hand after the idea of Unicode TS 39
 * (confusables); compatibility forms (full width, mathematical, circled) are left to NFKC. Pairs: look-alike, Latin.
 */
const PAIRS: readonly [string, string][] = [
  // Cyrillic
  ['аеорсухіјѕԁԛԝһӏ', 'aeopcyxijsdqwhl'],
  ['АВЕКМНОРСТУХІЈЅԌԚԜЅӀ', 'ABEKMHOPCTYXIJSGQWSI'],
  ['вкмнтгпѵьЬүҮҺ', 'bkmhtrnvbbyYh'],
  // Greek
  ['οαενιρυχκτνηωγσ', 'oaeviruxktvnwyo'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  // Armenian, Cherokee
  ['օսոհցյՕՍ', 'ounhgjOU'],
  ['ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᎳᏢᏒᏚᎢᏙᏃ', 'ABCDEHJKLMWPRSTVZ'],
  // Latin letters beside the basic ones, small capitals
  ['ıȷɑɡɩʟɪʀɴᴀʙᴄᴅᴇʜᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢ', 'ijagilirnabcdehjkmopstuvwyz'],
];

const TO_LATIN: ReadonlyMap<string, string> = new Map(
  PAIRS.flatMap(([from, to]) => {
    const latin = [...to];
    return [...from].map((letter, i) => [letter, latin[i] as string] as const);
  }),
);

/** The Latin letter that `letter` can pass for, or undefined. */
export const latinLookAlike = (letter: string): string | undefined => TO_LATIN.get(letter);
