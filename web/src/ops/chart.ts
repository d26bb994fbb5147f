// The geometry of the small charts: pure, in units of the drawing.

export const WIDTH = 600;
export const HEIGHT = 170;

/** A round number at or above the greatest value: 1, 2, 5, 10, 20, 50 … */
export function niceMax(values: number[]): number {
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}

export interface Bar {
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A bar per value that is not 0; `base`: the value below each, in a stack. */
export function bars(values: number[], max: number, base: number[] = []): Bar[] {
  const step = WIDTH / values.length;
  return values.flatMap((value, index) => {
    if (value <= 0) return [];
    const height = Math.max(2, (value / max) * HEIGHT);
    const below = ((base[index] ?? 0) / max) * HEIGHT;
    return [{ index, x: index * step + step * 0.15, y: HEIGHT - below - height, width: step * 0.7, height }];
  });
}

/** Path data through the known values; a gap where nothing is known. */
export function line(values: (number | undefined)[], max: number): string {
  const step = WIDTH / values.length;
  let isDrawing = false;
  return values
    .map((value, index) => {
      const command = isDrawing ? 'L' : 'M';
      isDrawing = value !== undefined;
      return value === undefined ? '' : `${command}${round((index + 0.5) * step)} ${round(HEIGHT - (value / max) * HEIGHT)}`;
    })
    .join('');
}

/** Those that `line` shows as nothing: known, between two unknown. */
export function lonely(values: (number | undefined)[], max: number): { x: number; y: number }[] {
  const step = WIDTH / values.length;
  return values.flatMap((value, index) =>
    value !== undefined && values[index - 1] === undefined && values[index + 1] === undefined
      ? [{ x: round((index + 0.5) * step), y: round(HEIGHT - (value / max) * HEIGHT) }]
      : [],
  );
}

/** The value under a point, by its share of the width. */
export const indexAt = (share: number, length: number): number =>
  Math.min(length - 1, Math.max(0, Math.floor(share * length)));

const round = (value: number) => Math.round(value * 10) / 10;
