import { parser } from '@prometheus-io/lezer-promql';
import { isOverTime, LAST_SEEN } from './counters.ts';
import { fillIn, type Span } from './placeholders.ts';
import { withoutStrings } from './strings.ts';

/** Gives up at the first error: going on after it takes long where there are many. */
const strict = parser.configure({ strict: true });

type Tree = ReturnType<typeof strict.parse>;
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
  if (depthOf(query) > DEEPEST) return [];
  const tree = parse(query);
  if ('start' in tree) return [{ kind: 'syntax', ...tree }];
  const overTime = derivedIn(tree, query, 'over-time');
  return overTime.length > 0 ? overTime : derivedIn(tree, query, 'aggregated');
}

/** How deep brackets go that somebody writes. The parser takes time by the square of it. */
const DEEPEST = 50;

function depthOf(query: string): number {
  let [depth, deepest] = [0, 0];
  for (const [character] of withoutStrings(query).matchAll(/[()]/g)) {
    depth += character === '(' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** A query as a tree, or where it stops being PromQL. */
function parse(query: string): Tree | Span {
  const parsing = strict.startParse(query);
  try {
    for (;;) {
      const tree = parsing.advance();
      if (tree) return tree;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return characterAt(query, parsing.parsedPos);
  }
}

/** The character at a place, white space left out; the last one if nothing follows. */
function characterAt(query: string, place: number): Span {
  const blank = /^\s*/.exec(query.slice(place))?.[0].length ?? 0;
  const start = Math.max(0, Math.min(place + blank, query.trimEnd().length - 1));
  return { start, end: start + 1 };
}

/** The outermost expressions that make something else of the counters within them. */
function derivedIn(
  tree: Tree,
  query: string,
  wanted: 'over-time' | 'aggregated',
): readonly QueryFinding[] {
  const found: QueryFinding[] = [];
  tree.iterate({
    enter: ({ node }) => {
      const [kind, what] = whatIs(node, query) ?? [];
      if (kind !== wanted || what === undefined) return true;
      const span = { start: node.from, end: node.to };
      found.push({ kind, what, counters: countersIn(node), ...span });
      return false;
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
