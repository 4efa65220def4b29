/**
 * Geometry of the four struck marks on a 24 × 24 field. The shape says which signal it is, as on silver: a maker's shield,
 * a lozenge, an octagon with the assay letter, a square. Whoever draws a mark (page, badge, picture) takes it from here.
 */

export type Signal = 'publisher' | 'signature' | 'scan' | 'risk';

export const OUTLINES: Record<Signal, string> = {
  publisher: 'M12 1.75 20.5 4.25V11.5C20.5 16.75 17 20.6 12 22.25 7 20.6 3.5 16.75 3.5 11.5V4.25Z',
  signature: 'M12 1.25 22.75 12 12 22.75 1.25 12Z',
  scan: 'M7.75 1.75H16.25L22.25 7.75V16.25L16.25 22.25H7.75L1.75 16.25V7.75Z',
  risk: 'M2.5 2.5H21.5V21.5H2.5Z',
};

export type Glyph = 'check' | 'crown' | 'hand' | 'question' | 'cross' | 'level-1' | 'level-2' | 'level-3';

/** `hand` is a stroke of handwriting. Levels are filled, the others are drawn as lines. */
export const GLYPHS: Record<Glyph, { path: string; isFilled: boolean }> = {
  check: { path: 'M7.75 12.25 10.75 15.25 16.5 8.75', isFilled: false },
  crown: { path: 'M7 16.25 6.25 8.5 9.5 11.5 12 7 14.5 11.5 17.75 8.5 17 16.25Z', isFilled: true },
  hand: {
    path: 'M6.25 14.25C8 9.75 9.75 8 10.15 9.6 10.55 11.2 8.75 14.6 10.15 14.6 11.4 14.6 11.7 11.8 12.9 11.8 14 11.8 13.1 14.4 14.4 14.4 15.6 14.4 16 13 17.75 12.5',
    isFilled: false,
  },
  question: {
    path: 'M9.6 9.75C9.6 8.3 10.6 7.4 12 7.4S14.4 8.3 14.4 9.6C14.4 11.5 12 11.6 12 13.6M12 16.2V16.5',
    isFilled: false,
  },
  cross: { path: 'M9 9 15 15M15 9 9 15', isFilled: false },
  'level-1': { path: 'M5.5 14.5H9V18.5H5.5Z', isFilled: true },
  'level-2': { path: 'M5.5 14.5H9V18.5H5.5ZM10.25 10.5H13.75V18.5H10.25Z', isFilled: true },
  'level-3': { path: 'M5.5 14.5H9V18.5H5.5ZM10.25 10.5H13.75V18.5H10.25ZM15 5.5H18.5V18.5H15Z', isFilled: true },
};
