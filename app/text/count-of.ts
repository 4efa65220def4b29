const NUMBER = new Intl.NumberFormat('en');

export const formatNumber = (value: number): string => NUMBER.format(value);

/** `1 tool`, `2,621 tools`, `no tools` */
export function countOf(count: number, one: string, many = `${one}s`): string {
  if (count === 0) return `no ${many}`;
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
