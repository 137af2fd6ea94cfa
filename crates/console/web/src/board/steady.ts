// A list that does not move under a hand: while somebody points at it or works in it, rows keep their places, new ones come at the end and
// those that are over stay, marked, until the hand is gone.

/** A row as it is shown. */
export interface Placed<Row> {
  readonly row: Row;
  /** True: the matter is over; the row stands only so that nothing moves. */
  readonly over: boolean;
}

/** Lays rows out in the order in which they stood, with what they say now. Without a former order they come in their own. */
export function steady<Row extends { readonly key: string }>(rows: readonly Row[], stood: readonly Row[] | undefined): Placed<Row>[] {
  if (stood === undefined) return rows.map((row) => ({ row, over: false }));
  const now = new Map(rows.map((row) => [row.key, row]));
  const placed = stood.map((former): Placed<Row> => {
    const row = now.get(former.key);
    now.delete(former.key);
    return row === undefined ? { row: former, over: true } : { row, over: false };
  });
  return [...placed, ...[...now.values()].map((row) => ({ row, over: false }))];
}
