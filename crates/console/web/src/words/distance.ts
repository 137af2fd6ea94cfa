// Distances as people read them.
import { words } from "./words";

/** `850 m`, `2.4 km`. */
export function distanceText(metres: number): string {
  return metres < 1_000 ? words().common.metres(Math.round(metres / 10) * 10) : words().common.kilometres(words().common.decimal((metres / 1_000).toFixed(1)));
}
