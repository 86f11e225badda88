/** A workflow command that shows up beside the code or on the run's page. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice' | 'debug';
  readonly message: string;
  /** `file`, `line`, `title` … as written. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface Log {
  readonly annotations: readonly Annotation[];
  /** What `::add-mask::` hid. */
  readonly masks: readonly string[];
  /** What people see of it: without commands that do something, and with `***` for every mask. */
  readonly text: string;
}

const LEVELS = new Set(['error', 'warning', 'notice', 'debug']);

/** Reads an action's standard output as the runner does, `stop-commands` included. */
export function readLog(stdout: string, secrets: readonly string[] = []): Log {
  const annotations: Annotation[] = [];
  const masks = [...secrets];
  const shown: string[] = [];
  let resume: string | undefined;
  for (const line of stdout.split(/\r?\n/)) {
    const match = /^\s*::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line);
    const [, name = '', properties = '', value = ''] = match ?? [];
    if (resume !== undefined) {
      if (name === resume) resume = undefined;
      else shown.push(line);
    } else if (name === 'stop-commands') resume = value;
    else if (name === 'add-mask') masks.push(unescaped(value));
    else {
      if (LEVELS.has(name)) {
        annotations.push({
          level: name as Annotation['level'],
          message: unescaped(value),
          properties: parseProperties(properties),
        });
      }
      shown.push(line);
    }
  }
  const hidden = masks.flatMap((mask) => mask.split('\n')).filter((mask) => mask !== '');
  const text = hidden.reduce((all, mask) => all.replaceAll(mask, '***'), shown.join('\n'));
  return { annotations, masks, text };
}

function parseProperties(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      const value = unescaped(
        pair
          .slice(equals + 1)
          .replace(/%3A/g, ':')
          .replace(/%2C/g, ','),
      );
      return [pair.slice(0, equals).trim(), value];
    }),
  );
}

function unescaped(text: string): string {
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');
}
