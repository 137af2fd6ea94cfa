// What was measured, as figures.

/** Where many measurements lie. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The spread of measurements; of none all are 0. */
export function spread(measured: readonly number[]): Spread {
  const sorted = measured.toSorted((one, other) => one - other);
  // the smallest that no more than the rest exceed
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

/** How fast something grows: the slope of the straight line through measurements at times, per unit of time. */
export function slope(points: readonly { readonly at: number; readonly value: number }[]): number {
  const count = points.length;
  if (count < 2) return 0;
  const [at, value] = [points.reduce((sum, point) => sum + point.at, 0) / count, points.reduce((sum, point) => sum + point.value, 0) / count];
  const [along, square] = points.reduce(([up, wide], point) => [up + (point.at - at) * (point.value - value), wide + (point.at - at) ** 2], [0, 0]);
  return square === 0 ? 0 : along / square;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
