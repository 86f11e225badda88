import type { Manifest } from '../../model/config.ts';
import { childOf, type Json } from '../../model/json.ts';
import { editYaml, type TextEdit } from '../../yaml/edit.ts';
import { YamlError } from '../../yaml/error.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { cutDocuments, type Part } from '../../yaml/stream.ts';
import { fileTarget } from '../file.ts';
import type { FileTarget } from '../target.ts';
import type { ResourceShape } from './resource-shape.ts';
import { ruleEdits } from './rules.ts';
import { isRolloutOf, wantedSplit } from './split.ts';

/**
 * A target that sets the weights in a person's own manifest and leaves every other byte of it as it
 * is. It adds no backend and no rule: what is not there is a problem.
 */
export function resourceTarget(config: Manifest, shape: ResourceShape): FileTarget {
  const { path } = config;
  return fileTarget({
    path,
    carries: (source) => isRolloutOf(config, source),
    plan(sources, standing) {
      const wanted = wantedSplit(config, sources);
      if (wanted.kind === 'stands') return nothing(wanted.problem);
      if (standing === undefined) {
        const kind = shape.kinds[0];
        return nothing(
          `it is not there; Sluice sets weights in a ${kind} of yours, and writes none`,
        );
      }
      const parts = cutDocuments(standing);
      const found = findResource(parts, config, shape);
      if (typeof found === 'string') return nothing(found);
      const { part, value } = found;
      const { edits, problems } = ruleEdits(value, wanted.split, config, shape);
      const edited = edit(part, edits);
      if (typeof edited !== 'string') return nothing(edited.problem);
      const text = parts.map((each) => (each === part ? edited : each.text)).join('');
      return {
        files: text === standing ? [] : [{ path, text }],
        problems: problems.map((problem) => `${path}: ${problem}`),
      };
    },
  });

  function nothing(problem: string | undefined) {
    return { files: [], problems: problem === undefined ? [] : [`${path}: ${problem}`] };
  }
}

interface Found {
  readonly part: Part;
  readonly value: Json;
}

/** So much of a file is read in search of one resource: a manifest must not take a tick's time. */
const MAX_DOCUMENTS = 500;
const MAX_LENGTH = 1024 * 1024;

/** The resource of the config among the documents of a file, or why there is not exactly one. */
function findResource(
  parts: readonly Part[],
  { route }: Manifest,
  { kinds, group }: ResourceShape,
): Found | string {
  const unread: string[] = [];
  const found: Found[] = [];
  // What does not name the kind at all need not be read, and may be what it likes.
  const named = parts.filter(({ text }) => kinds.some((kind) => text.includes(kind)));
  const size = named.reduce((sum, { text }) => sum + text.length, 0);
  if (named.length > MAX_DOCUMENTS || size > MAX_LENGTH) {
    return `more than ${MAX_DOCUMENTS} documents or 1 MB of it name ${kinds.join(' or ')}; give the rollout a file of its own`;
  }
  for (const part of named) {
    try {
      const { value } = parseYaml(part.text);
      const version = childOf(value, 'apiVersion');
      const name = childOf(childOf(value, 'metadata'), 'name');
      if (!kinds.some((kind) => kind === childOf(value, 'kind'))) continue;
      if (typeof version !== 'string' || version.split('/')[0] !== group) continue;
      if (route === undefined || name === route) found.push({ part, value });
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      // A document of nothing but comments is none of anybody's.
      if (error.code !== 'empty') unread.push(describe(error, part));
    }
  }
  const [only, ...others] = found;
  const called = route === undefined ? '' : ` called \`${route}\``;
  if (only === undefined) {
    const why = unread.length === 0 ? '' : `, and a document could not be read (${unread[0]})`;
    return `there is no ${kinds.join(' or ')} of ${group}${called} in it${why}`;
  }
  if (others.length === 0) return only;
  return route === undefined
    ? `it holds ${found.length} of ${kinds.join(' or ')}; name one with \`route:\``
    : `it holds ${found.length} of ${kinds.join(' or ')}${called}; keep one in the file`;
}

function edit(part: Part, edits: readonly TextEdit[]): string | { readonly problem: string } {
  try {
    return editYaml(part.text, edits);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { problem: describe(error, part) };
  }
}

function describe(error: YamlError, { linesBefore }: Part): string {
  return `line ${error.at.line + linesBefore}: ${error.message}`;
}
