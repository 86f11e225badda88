import type { YamlError } from './error.ts';
import { locate, locateKey, sliceAt } from './locate.ts';
import type { Document } from './parse.ts';
import type { Finding, Problem } from './problem.ts';

/** Gives a finding its place in the text: line, column and the text that offends. */
export function place(finding: Finding, document: Document, file: string): Problem {
  const { path, atKey, ...rest } = finding;
  const at = atKey ? locateKey(document, path) : locate(document, path);
  const text = sliceAt(document, at);
  return { ...rest, file, at, ...(text === '' ? {} : { text }) };
}

/** What the YAML reader refused, as a problem like any other. */
export function placeError(error: YamlError, text: string, file: string): Problem {
  const slice = sliceAt({ text }, error.at);
  return {
    severity: 'error',
    code: error.code,
    message: error.message,
    file,
    at: error.at,
    ...(slice === '' ? {} : { text: slice }),
  };
}
