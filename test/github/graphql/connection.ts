interface Paging {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** A list as GraphQL pages through it. A cursor is a place in the list. */
export function connection<Item>(items: readonly Item[], paging: Paging) {
  const from = paging.after == null ? 0 : placeOf(paging.after) + 1;
  const to = paging.before == null ? items.length : placeOf(paging.before);
  let start = from;
  let end = Math.max(from, to);
  if (paging.first != null) end = Math.min(end, start + paging.first);
  if (paging.last != null) start = Math.max(start, end - paging.last);
  const nodes = items.slice(start, end);
  return {
    totalCount: items.length,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursor(start + index) })),
    pageInfo: {
      startCursor: nodes.length === 0 ? null : cursor(start),
      endCursor: nodes.length === 0 ? null : cursor(end - 1),
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
    },
  };
}

function cursor(place: number): string {
  return Buffer.from(`cursor:${place}`).toString('base64');
}

function placeOf(text: string): number {
  return Number(Buffer.from(text, 'base64').toString().replace('cursor:', ''));
}
