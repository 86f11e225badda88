import { parser } from '@prometheus-io/lezer-promql';

/**
 * The selectors of a query without those matchers whose label equals one of some values:
 * `errors{flag="checkout",code=~"5.."}` of `checkout` becomes `errors{code=~"5.."}`.
 *
 * @param values as they are written within quotes
 * @returns the selectors that still select something; none if the query cannot be read
 */
export function widened(query: string, values: readonly string[]): readonly string[] {
  const selectors: string[] = [];
  parser.parse(query).iterate({
    enter: ({ node, type }) => {
      if (type.isError) selectors.length = 0;
      if (node.name !== 'VectorSelector') return;
      const name = node.getChild('Identifier');
      const kept = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [])
        .map(({ from, to }) => query.slice(from, to))
        .filter((matcher) => !isOfOne(matcher, values));
      const selected = name ? query.slice(name.from, name.to) : '';
      if (selected === '' && kept.length === 0) return;
      selectors.push(kept.length === 0 ? selected : `${selected}{${kept.join(',')}}`);
    },
  });
  return selectors;
}

/** Whether a matcher is `label="value"`, of one of these values. */
function isOfOne(matcher: string, values: readonly string[]): boolean {
  const at = matcher.indexOf('=');
  const [before, literal] = [matcher.slice(0, at), matcher.slice(at + 1).trim()];
  return !before.endsWith('!') && values.includes(literal.slice(1, -1));
}
