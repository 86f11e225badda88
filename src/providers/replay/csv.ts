import Papa from 'papaparse';
import { BrokenRecording, type Row, type Rows, readTime, readValue } from './recording.ts';

const HEADER = ['time', 'series', 'value'];

/**
 * Reads a recording in CSV, one value a row: `time,series,value`.
 *
 * @throws BrokenRecording naming the line on which the row at fault begins.
 */
export function readCsv(text: string): Rows {
  const source = text.replace(/^\ufeff/, ''); // Papa takes it off too, and counts without it
  const rows: Row[] = [];
  let line = 1;
  let read = 0;
  let header = false;
  // By step rather than by result: only here does Papa say where a row ends, and a quoted series
  // (a query of several lines) takes more lines than one.
  Papa.parse<string[]>(source, {
    delimiter: ',',
    step: ({ data, errors, meta }) => {
      const begins = line;
      line += source.slice(read, meta.cursor).match(/\r\n|\n|\r/g)?.length ?? 0;
      read = meta.cursor;
      const [error] = errors;
      if (error) throw new BrokenRecording(begins, error.message.toLowerCase());
      const cells = data.map((cell) => cell.trim());
      if (cells.every((cell) => cell === '')) return;
      if (header) rows.push(readRow(data, begins));
      else if (cells.join() !== HEADER.join()) {
        throw new BrokenRecording(begins, `the first line must be ${HEADER.join()}`);
      }
      header = true;
    },
  });
  if (!header)
    throw new BrokenRecording(1, `the file is empty; its first line is ${HEADER.join()}`);
  return { rows, names: [] };
}

function readRow(cells: readonly string[], line: number): Row {
  const [time, series, value] = cells;
  if (time === undefined || series === undefined || value === undefined || cells.length > 3) {
    const what = `${cells.length} columns where ${HEADER.join()} are expected; put double quotes around a series with a comma in it`;
    throw new BrokenRecording(line, what);
  }
  return { line, series, at: readTime(time.trim(), line), value: readValue(value.trim(), line) };
}
