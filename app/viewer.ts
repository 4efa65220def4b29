import { cache } from 'react';
import { getViewer } from '#lib/auth/viewer.ts';

/** The signed-in person of this request; looked up once however many components ask. */
export const currentViewer = cache(getViewer);
