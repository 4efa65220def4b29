/**
 * Changes with every change of a rule or of what it finds: reports made with the same version of the same snapshot are equal
 * byte for byte. The date of the change, and a number for a second change on the same day.
 */
export const RULESET_VERSION = '2026.11.22';
