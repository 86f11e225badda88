import type { Finding, Location, Problem } from '../model/problem.ts';
import { oneLine } from '../text.ts';
import type { YamlError } from './error.ts';
import { locate, locateKey, sliceAt } from './locate.ts';
import type { Document } from './parse.ts';
import { locatePart } from './part.ts';

/** Messages quote the file, and a name in it may be all of it. */
const LONGEST_MESSAGE = 500;

/** Gives a finding its place in the text: line, column and the text that offends. */
export function place(finding: Finding, document: Document, file: string): Problem {
  const at = locationIn(document, finding);
  const text = sliceAt(document, at);
  return { ...placeAtTop(finding, file), at, ...(text === '' ? {} : { text }) };
}

function locationIn(document: Document, { path, atKey, within }: Finding): Location {
  if (atKey) return locateKey(document, path);
  return within ? locatePart(document, path, within) : locate(document, path);
}

/** The place of a finding about a file that is not there, or has nothing in it. */
export function placeAtTop(finding: Finding, file: string): Problem {
  const { path: _, atKey: __, within: ___, message, hint, ...rest } = finding;
  return {
    ...rest,
    message: oneLine(message, LONGEST_MESSAGE),
    ...(hint === undefined ? {} : { hint: oneLine(hint, LONGEST_MESSAGE) }),
    file,
    at: { line: 1, column: 1, start: 0, end: 0 },
  };
}

/** What the YAML reader refused, as a problem like any other. */
export function placeError(error: YamlError, text: string, file: string): Problem {
  const slice = sliceAt({ text }, error.at);
  return {
    severity: 'error',
    code: error.code,
    message: oneLine(error.message, LONGEST_MESSAGE),
    file,
    at: error.at,
    ...(slice === '' ? {} : { text: slice }),
  };
}

/** Whoever has more mistakes than this in a file has made one of them very often. */
const MOST = 100;

/** Gives findings their places: the first hundred of a file, and a line on how many more there are. */
export function placeAll(
  findings: readonly Finding[],
  document: Document,
  file: string,
): readonly Problem[] {
  const problems = findings.slice(0, MOST).map((finding) => place(finding, document, file));
  const rest = findings.slice(MOST);
  if (rest.length === 0) return problems;
  const severity = rest.some((each) => each.severity === 'error') ? 'error' : 'warning';
  const message = `the file has ${rest.length.toLocaleString('en-US')} more problems like these`;
  return [
    ...problems,
    place({ severity, code: 'more-problems', message, path: [] }, document, file),
  ];
}
