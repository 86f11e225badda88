import { editYaml } from '../yaml/edit.ts';
import { YamlError } from '../yaml/error.ts';
import { looksKilled } from '../yaml/kill.ts';

/**
 * Sets the kill switch in the text of a rollout file, however broken the file is: where it is no
 * YAML any more, the line is put on top, which is where a reader in a hurry looks for it.
 */
export function withKill(text: string): string {
  try {
    return editYaml(text, [{ path: ['kill'], value: true }]);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  if (looksKilled(text)) return text;
  const [, mark = '', rest = ''] = /^(\uFEFF?)([\s\S]*)$/.exec(text) ?? [];
  const lineBreak = rest.includes('\r\n') ? '\r\n' : '\n';
  return `${mark}kill: true${lineBreak}${rest}`;
}
