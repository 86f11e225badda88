/** A query with its placeholders filled in, or the first one for which there is nothing. */
export type Resolved =
  | { readonly kind: 'resolved'; readonly expression: string }
  | {
      readonly kind: 'unknown-placeholder';
      readonly name: string;
      /** The placeholders there are, in order of the alphabet. */
      readonly available: readonly string[];
    };

/** `{{flag}}`, `{{ labels.team }}`: anything between two pairs of braces. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** A duration of ours, written outside quotes (`[{{window}}]`), where escapes would be wrong. */
const VERBATIM = new Set(['window']);

/**
 * Fills in a query's placeholders. A value is written with the provider's escape and never looked
 * at again, so that a label that says `{{window}}` stays those ten characters.
 *
 * White space around the whole is dropped: it means nothing in a query, and YAML's `|` adds it.
 *
 * @param values by the name of the placeholder: `flag`, `environment`, `variant`, `stage`, `window`,
 *   `labels.x`.
 * @param escapeValue how the provider writes a value inside a string literal.
 */
export function resolve(
  template: string,
  values: Readonly<Record<string, string>>,
  escapeValue: (value: string) => string,
): Resolved {
  const unknown = placeholders(template).find((name) => !Object.hasOwn(values, name));
  if (unknown !== undefined) {
    return { kind: 'unknown-placeholder', name: unknown, available: Object.keys(values).sort() };
  }
  const expression = template.trim().replace(PLACEHOLDER, (_, inside: string) => {
    const name = inside.trim();
    const value = values[name] ?? '';
    return VERBATIM.has(name) ? value : escapeValue(value);
  });
  return { kind: 'resolved', expression };
}

/** Whether braces are left that open a placeholder and are none: `{{flag`, `{{ {{flag}} }}`. */
export function hasOpenBraces(template: string): boolean {
  return template.replace(PLACEHOLDER, '').includes('{{');
}

/** The names of the placeholders a template uses, each once, in the order of their appearance. */
export function placeholders(template: string): readonly string[] {
  const names = Array.from(template.matchAll(PLACEHOLDER), ([, inside = '']) => inside.trim());
  return [...new Set(names)];
}
