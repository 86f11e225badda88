import { all, type Dialect, type Logic, variable } from '../entries/audience-logic.ts';

/**
 * Plain JSONLogic, one of GO Feature Flag's two query languages. The other one compares without
 * regard to capitals and has no escapes; this one has no operation for versions.
 */
export const JSON_LOGIC: Dialect = {
  startsWith: (attribute, text) => isPart(attribute, [0, length(text)], text),
  endsWith: (attribute, text) => isPart(attribute, [-length(text)], text),
  semver: () => undefined,
};

/** Not every reader can take a part of nothing. */
const isPart = (attribute: string, range: readonly number[], text: string): Logic =>
  all([
    { '!!': [variable(attribute)] },
    { '==': [{ substr: [variable(attribute), ...range] }, text] },
  ]);

/** In code points, as Go counts them. */
const length = (text: string): number => [...text].length;
