import { parser } from '@prometheus-io/lezer-promql';
import { isOverTime, LAST_SEEN } from './counters.ts';
import { fillIn, type Span } from './placeholders.ts';

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree['topNode'];

/** Something in a query that is wrong, or that makes something else of a counter, and where. */
export type QueryFinding = Span &
  (
    | { readonly kind: 'syntax' }
    | { readonly kind: 'unquoted'; readonly as: 'value' | 'name' }
    /** Not a counter any more. */
    | { readonly kind: 'over-time'; readonly what: string; readonly counters: readonly Span[] }
    /** Several counters as one. */
    | { readonly kind: 'aggregated'; readonly what: string; readonly counters: readonly Span[] }
  );

/**
 * Reads a query as Prometheus' own parser does, placeholders and all. This file alone brings that
 * parser, so it is loaded where a config is reviewed and by no tick.
 */
export function readQuery(text: string): readonly QueryFinding[] {
  const { query, unquoted } = fillIn(text);
  // What the parser says of these would be about the word that stands in for them.
  if (unquoted.length > 0) return unquoted.map((each) => ({ kind: 'unquoted', ...each }));
  const tree = parser.parse(query);
  const syntax = syntaxError(tree, query);
  if (syntax) return [{ kind: 'syntax', ...syntax }];
  const derived = derivedIn(tree, query);
  const overTime = derived.filter(({ kind }) => kind === 'over-time');
  return overTime.length > 0 ? overTime : derived;
}

function syntaxError(tree: Tree, query: string): Span | undefined {
  let first: Span | undefined;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && first === undefined) first = { start: from, end: to };
    },
  });
  if (first === undefined) return undefined;
  // Of something that is missing, what stands there instead is shown: the next character, or the last.
  const blank = /^\s*/.exec(query.slice(first.start))?.[0].length ?? 0;
  const start = Math.min(first.start + blank, query.trimEnd().length - 1);
  return { start: Math.max(start, 0), end: Math.max(first.end, start + 1) };
}

/** The outermost expressions that make something else of the counters within them. */
function derivedIn(tree: Tree, query: string): readonly QueryFinding[] {
  const found: QueryFinding[] = [];
  tree.iterate({
    enter: ({ node }) => {
      const [kind, what] = whatIs(node, query) ?? [];
      if (kind === undefined || what === undefined) return true;
      const span = { start: node.from, end: node.to };
      found.push({ kind, what, counters: countersIn(node), ...span });
      // A sum may hide a rate; nothing worse than a rate can be in one.
      return kind === 'aggregated';
    },
  });
  return found;
}

function whatIs(
  node: Node,
  query: string,
): readonly ['over-time' | 'aggregated', string] | undefined {
  switch (node.name) {
    case 'FunctionCall': {
      const name = nameOf(node, query);
      return isOverTime(name) ? ['over-time', `\`${name}()\``] : undefined;
    }
    case 'AggregateExpr':
      return ['aggregated', `\`${nameOf(node, query)}()\``];
    case 'MatrixSelector': {
      const call = node.parent?.parent;
      const isLastSeen = call?.name === 'FunctionCall' && nameOf(call, query) === LAST_SEEN;
      return isLastSeen ? undefined : ['over-time', 'a range'];
    }
    case 'SubqueryExpr':
      return ['over-time', 'a subquery'];
    case 'OffsetExpr':
      return ['over-time', '`offset`'];
    case 'StepInvariantExpr':
      return ['over-time', '`@`'];
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return ['over-time', 'a range'];
    default:
      return undefined;
  }
}

function nameOf(call: Node, query: string): string {
  const name = call.firstChild;
  return name ? query.slice(name.from, name.to) : '';
}

function countersIn(node: Node): readonly Span[] {
  const counters: Span[] = [];
  node.cursor().iterate(({ name, from, to }) => {
    if (name === 'VectorSelector') counters.push({ start: from, end: to });
  });
  return counters;
}
