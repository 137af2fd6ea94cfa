// Where words may stand on the map: the first that ask get the room, and no word covers another or a mark. What finds no room is not
// written; its mark is still drawn, and coming nearer makes room.

/** A rectangle on the screen. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Fineness of the plan, in pixels: coarse enough that a thousand marks cost nothing. What lies this far apart is never in one cell. */
export const CELL = 4;

/** Which parts of a map are taken. */
export class Room {
  readonly #columns: number;
  readonly #rows: number;
  readonly #taken: Uint8Array;

  constructor(width: number, height: number) {
    this.#columns = Math.max(1, Math.ceil(width / CELL));
    this.#rows = Math.max(1, Math.ceil(height / CELL));
    this.#taken = new Uint8Array(this.#columns * this.#rows);
  }

  /** Takes a rectangle, whoever else has it. */
  take(box: Box): void {
    this.#each(box, (cell) => {
      this.#taken[cell] = 1;
      return true;
    });
  }

  /** Takes a rectangle if all of it is free and on the map; false: it is not. */
  ask(box: Box): boolean {
    if (box.x < 0 || box.y < 0 || box.x + box.width > this.#columns * CELL || box.y + box.height > this.#rows * CELL) return false;
    if (!this.#each(box, (cell) => this.#taken[cell] === 0)) return false;
    this.take(box);
    return true;
  }

  /** True if `holds` is true of every cell of a rectangle. */
  #each({ x, y, width, height }: Box, holds: (cell: number) => boolean): boolean {
    const [left, top] = [Math.max(0, Math.floor(x / CELL)), Math.max(0, Math.floor(y / CELL))];
    const [right, bottom] = [Math.min(this.#columns - 1, Math.floor((x + width) / CELL)), Math.min(this.#rows - 1, Math.floor((y + height) / CELL))];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        if (!holds(row * this.#columns + column)) return false;
      }
    }
    return true;
  }
}
