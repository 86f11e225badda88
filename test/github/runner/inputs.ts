import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The defaults of an action.yml, with `${{ github.token }}` filled in; none where there is no file. */
export async function inputDefaults(
  file: string,
  token: string,
): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const metadata: unknown = text === '' ? {} : load(text);
  const inputs = isRecord(metadata) && isRecord(metadata.inputs) ? metadata.inputs : {};
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const value = isRecord(input) ? String(input.default ?? '') : '';
      return [name, value.replace(/\$\{\{\s*github\.token\s*\}\}/g, token)];
    }),
  );
}

/** `INPUT_…` as the runner spells it: spaces become underscores, hyphens stay. */
export function inputVariables(
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replace(/ /g, '_').toUpperCase()}`,
      value,
    ]),
  );
}
