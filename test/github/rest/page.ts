import { type Answer, type Call, ok } from './call.ts';

interface Paging {
  readonly per_page?: number | undefined;
  readonly page?: number | undefined;
}

/** One page of a list, with the Link header that leads to the others. */
export function page<Item>(
  call: Call,
  { per_page = 30, page: number = 1 }: Paging,
  items: readonly Item[],
  shape: (item: Item) => unknown,
): Answer {
  const size = Math.min(Math.max(per_page, 1), 100);
  const last = Math.max(1, Math.ceil(items.length / size));
  const shown = items.slice((number - 1) * size, number * size).map(shape);
  const link = links(call.address, number, last);
  return link === '' ? ok(shown) : { ...ok(shown), headers: { link } };
}

function links(address: URL, number: number, last: number): string {
  const at = (n: number, rel: string) => {
    const url = new URL(address);
    url.searchParams.set('page', String(n));
    return `<${url.href}>; rel="${rel}"`;
  };
  return [
    ...(number > 1 ? [at(number - 1, 'prev')] : []),
    ...(number < last ? [at(number + 1, 'next'), at(last, 'last')] : []),
    ...(number > 1 ? [at(1, 'first')] : []),
  ].join(', ');
}
