import { didYouMean } from '../../model/suggest.ts';
import { hasOpenBraces, placeholders } from '../../model/template.ts';
import { error, type Report } from '../rollout/parts.ts';

type Path = readonly string[];

/** The provider that is asked: the one that is named, or the only one there is. */
export function readProviderName(
  named: string | undefined,
  providers: readonly string[],
  path: readonly string[],
  report: Report,
): string {
  const [only, ...others] = providers;
  const name = named ?? (others.length === 0 ? only : undefined);
  if (name === undefined) {
    report(
      error(
        path,
        'missing-key',
        only === undefined
          ? `the metric \`${path.at(-1)}\` has no provider to ask`
          : `the metric \`${path.at(-1)}\` does not say which provider to ask`,
        only === undefined
          ? 'add one to `providers`'
          : `add \`provider:\` (${providers.join(', ')})`,
      ),
    );
    return '';
  }
  if (!providers.includes(name)) {
    report(
      error(
        [...path, 'provider'],
        'unknown-provider',
        `there is no provider \`${name}\``,
        didYouMean(name, providers),
      ),
    );
  }
  return name;
}

const PLACEHOLDERS = ['flag', 'environment', 'variant', 'stage', 'window'];

/** What a query may have in it. */
export interface QueryRule {
  /** Whether `{{labels.x}}` may be in it. */
  readonly labels: boolean;
  /** It is read raw, over no window: what to do about a `{{window}}`. */
  readonly raw?: string;
  /** What it is a query of, for messages. */
  readonly kind?: string;
}

/** Reports placeholders that a query may not have. */
export function reportQuery(text: string, at: Path, rule: QueryRule, report: Report): void {
  if (hasOpenBraces(text)) {
    report(
      error(
        at,
        'unknown-placeholder',
        'a `{{` in the query begins no placeholder',
        'close it, as in `{{flag}}`, and put none inside of another',
      ),
    );
  }
  for (const name of placeholders(text)) {
    if (name === 'window' && rule.raw !== undefined) {
      const of = rule.kind === undefined ? '' : ` of a ${rule.kind}`;
      const what = `\`${at.at(-1)}\`${of} is read raw and has no \`{{window}}\``;
      report(error(at, 'stray-window', what, rule.raw));
    } else if (!PLACEHOLDERS.includes(name) && !(rule.labels && name.startsWith('labels.'))) {
      report(
        error(
          at,
          'unknown-placeholder',
          `there is no placeholder \`{{${name}}}\``,
          didYouMean(name, [...PLACEHOLDERS, ...(rule.labels ? ['labels.<name>'] : [])]),
        ),
      );
    }
  }
}
