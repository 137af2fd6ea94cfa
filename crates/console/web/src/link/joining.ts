// A frame that comes to a window in parts, put together again.
import { together, type Part, type WholeFrame } from "./told";

export class Joining {
  #parts: Part[] = [];

  /** A part came, of which nothing is shown yet. What came of a frame that was never completed ends with the first part of another. */
  part(part: Part, first: boolean): void {
    if (first) this.#parts = [];
    this.#parts.push(part);
  }

  /** The last part of a frame came, with so many before it; absent: this window came when some of those had been told. */
  whole(last: WholeFrame, partsBefore: number): WholeFrame | undefined {
    // what a window asked for anew is told whole, also while parts of another frame are coming
    if (partsBefore === 0) return last;
    const parts = [...this.#parts, last];
    this.#parts = [];
    if (parts.length !== partsBefore + 1) return undefined;
    return { ...last, ...together(parts) };
  }
}
