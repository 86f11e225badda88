import type { Unit } from './check.ts';

/** Writes a value in its metric's unit, with as many digits as a person needs. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return `${significant(value * 100)} %`;
    case 'seconds':
      return formatSeconds(value);
    case 'milliseconds':
      return formatSeconds(value / 1000);
    case 'bytes':
      return formatBytes(value);
    default:
      return significant(value);
  }
}

function formatSeconds(seconds: number): string {
  return Math.abs(seconds) < 1 ? `${significant(seconds * 1000)} ms` : `${significant(seconds)} s`;
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${significant(value)} ${units[unit]}`;
}

/** Three significant digits below a thousand, whole numbers above. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return grouped(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A whole number with a comma at every thousand. Not by `Intl`, which takes longer to load than a review takes. */
export function grouped(value: number): string {
  const digits = String(Math.abs(value));
  // The largest are written with an exponent.
  if (!/^\d+$/.test(digits)) return String(value);
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 3) {
    groups.unshift(digits.slice(Math.max(end - 3, 0), end));
  }
  return `${value < 0 ? '-' : ''}${groups.join(',')}`;
}
