import { formatOf } from '../files/config/format.ts';
import { isBlank } from '../files/read.ts';
import { sameJson } from '../model/json.ts';
import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import { parseYaml } from '../yaml/parse.ts';
import { renameKey } from '../yaml/rename.ts';
import type { FileKind, Step, StepEdit } from './step.ts';

/** A file as this program writes it. */
export interface Migrated {
  readonly text: string;
  /** The version of the format that it has now. */
  readonly version: number;
  /** What the steps that changed it did. */
  readonly says: readonly string[];
}

/**
 * Takes a file through the steps from its version on, and leaves every byte that they do not mean.
 *
 * @param version the version of the format that the file is written in
 * @throws YamlError if the file cannot be parsed, or an edit would change more than it means
 */
export function migrated(
  kind: FileKind,
  text: string,
  version: number,
  steps: readonly Step[],
): Migrated {
  return formsOf(kind, text, version, steps).at(-1) ?? { text, version, says: [] };
}

/** A config of an older version as this program reads it; `undefined` if it cannot be taken there. */
export function migratedConfig(text: string, steps: readonly Step[]): string | undefined {
  try {
    const version = isBlank(text) ? 1 : formatOf(parseYaml(text).value);
    return version === undefined ? undefined : migrated('config', text, version, steps).text;
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** What made one text of a rollout file of another. */
export interface Migration {
  /** It raised the version of the format: a reader of today need not know the words before it. */
  readonly raises: boolean;
}

/**
 * The migration that makes the second text of a rollout file of the first, if steps do exactly that:
 * told by what was done, and not by who says so. Anybody may make such an edit by hand.
 */
export function migrationBetween(
  before: string,
  after: string,
  steps: readonly Step[],
): Migration | undefined {
  const versions = [...new Set(steps.map(({ from }) => from))];
  try {
    const { value } = parseYaml(after);
    const found = versions.flatMap((from) =>
      formsOf('rollout', before, from, steps)
        .filter(({ text }) => text !== before && sameJson(parseYaml(text).value, value))
        .map(({ version }) => ({ raises: version !== from })),
    );
    return found[0];
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** The file after each of the steps that are for it. */
function formsOf(
  kind: FileKind,
  text: string,
  version: number,
  steps: readonly Step[],
): readonly Migrated[] {
  const forms: Migrated[] = [];
  let form: Migrated = { text, version, says: [] };
  for (const step of steps) {
    if (step.from !== form.version) continue;
    form = taken(kind, form, step);
    forms.push(form);
  }
  return forms;
}

function taken(kind: FileKind, { text, says }: Migrated, step: Step): Migrated {
  const changed = kind === 'config' ? takenConfig(text, step) : takenRollout(text, step);
  return {
    text: changed,
    version: step.to,
    says: changed === text ? says : [...says, step.says],
  };
}

const takenRollout = (text: string, step: Step): string =>
  step.ofRollout(parseYaml(text)).reduce(withEdit, text);

/** The config says the version of all the files, once a step has raised it. */
function takenConfig(text: string, step: Step): string {
  const isRaised = step.to !== step.from;
  if (isBlank(text)) return isRaised ? `${withLineBreak(text)}version: ${step.to}\n` : text;
  const raised = isRaised ? [{ path: ['version'], value: step.to }] : [];
  return [...step.ofConfig(parseYaml(text)), ...raised].reduce(withEdit, text);
}

const withLineBreak = (text: string): string => (/[^\n]$/.test(text) ? `${text}\n` : text);

const withEdit = (text: string, edit: StepEdit): string =>
  'name' in edit ? renameKey(text, edit) : editYaml(text, [edit]);
