/** Where something stands in a file. Lines and columns count from 1. */

export interface Place {
  /** Relative to the project's root, with forward slashes; or a word for what is no file (`process environment`). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Offsets (UTF-16 units) in a text: from the first character up to the one behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `file:line:column`, or only the file where there is no line (0). */
export function formatPlace(place: Place): string {
  return place.line > 0 ? `${place.file}:${place.line}:${place.column}` : place.file;
}

/** Line and column of an offset (UTF-16 units), given the offsets at which lines start. */
export function placeAt(file: string, lineStarts: readonly number[], offset: number): Place {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - lineStarts[low]! + 1 };
}

/** Offsets at which the lines of a text start; the first is 0. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

/** Places of offsets that never fall, as a reader goes through a text: each line end is looked for once. */
export function forwardPlaces(file: string, text: string): (offset: number) => Place {
  let line = 1;
  let lineStart = 0;
  let lineEnd = text.indexOf("\n");
  return (offset) => {
    while (lineEnd >= 0 && lineEnd < offset) {
      line++;
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf("\n", lineStart);
    }
    return { file, line, column: offset - lineStart + 1 };
  };
}
