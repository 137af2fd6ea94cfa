// The directory in force, read once for all windows: it is small and changes seldom, so it is read again only when the stream says that another
// version is in force.
import type { Directory } from "../contract/kezek/directory/v1/directory_pb";

/** Reads the directory with a token. */
export type ReadDirectory = (token: string) => Promise<Directory | undefined>;

/** The pause after it did not come; it doubles up to the longest. Frames may come a hundred times a second. */
const PAUSE_MS = 1_000;
const PAUSE_LONGEST_MS = 30_000;

/** The directory as it was read last. */
export class DirectoryInForce {
  #known: Directory | undefined;
  /** The version that was read or is being read; absent: none, or it did not come. */
  #asked: bigint | undefined;
  /** Counts what was asked, so that an answer that was overtaken is not taken. */
  #turn = 0;
  /** How often it did not come in a row, and until when it is not asked for again. */
  #failures = 0;
  #pausedUntil = 0;

  constructor(private readonly read: ReadDirectory, private readonly now: () => number, private readonly told: (directory: Directory) => void) {}

  /** The directory; absent until it came. */
  get known(): Directory | undefined {
    return this.#known;
  }

  /** Says which version is in force: it is read unless it has been. */
  inForce(version: bigint, token: string): void {
    if (version === this.#asked || this.now() < this.#pausedUntil) return;
    this.#asked = version;
    this.#turn += 1;
    const turn = this.#turn;
    this.read(token).then(
      (directory) => {
        if (turn !== this.#turn || directory === undefined) return;
        this.#failures = 0;
        this.#known = directory;
        this.told(directory);
      },
      () => { if (turn === this.#turn) this.#pause(); },
    );
  }

  /** The first frame after the pause asks for it again. */
  #pause(): void {
    this.#asked = undefined;
    this.#pausedUntil = this.now() + Math.min(PAUSE_LONGEST_MS, PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
  }

  /** Forgets it: another person may not see the same. */
  forget(): void {
    this.#turn += 1;
    this.#failures = this.#pausedUntil = 0;
    this.#asked = undefined;
    this.#known = undefined;
  }
}
