// Where the windows of a browser meet the one stream: it remembers what was told, and tells each window all of it and then every change.
import { CentreClock } from "./centre_clock";
import { DirectoryInForce, type ReadDirectory } from "./directory";
import { Memory } from "./memory";
import type { Whole } from "./parts";
import { Stream, type Surroundings } from "./stream";
import { together, type Heard, type Holder, type Said, type Standing, type WholeFrame } from "./told";

/** How often windows are told where the stream stands while nothing else is: a window that nobody sees has slow timers, but hears at once. */
const BEAT_MS = 1_000;

/** Tells one window something. */
export type Tell = (heard: Heard) => void;

/** What surrounds a hub. */
export interface HubSurroundings extends Surroundings {
  /** The clock on the machine's wall, which all threads and windows of a browser share. */
  wall(): number;
  readonly directory: ReadDirectory;
}

export class Hub<Window> {
  readonly #windows = new Map<Window, Tell>();
  readonly #memory = new Memory();
  readonly #clock: CentreClock;
  readonly #stream: Stream;
  readonly #directory: DirectoryInForce;
  #connection = 0;
  #standing: Standing = { at: "reaching" };
  #holder: Holder | undefined;
  /** When all windows were told something. */
  #told = 0;
  /** Ends the beats; absent: nobody is there to be told. */
  #beating: (() => void) | undefined;

  constructor(private readonly around: HubSurroundings, believed: number) {
    this.#clock = new CentreClock(believed, around.now());
    this.#stream = new Stream(around, {
      frame: (whole) => this.#frame(whole),
      part: (part, first) => this.#tell({ tell: "part", part: together([part]), first }),
      standing: (standing) => this.#stands(standing),
      known: () => this.#memory.size,
    });
    this.#directory = new DirectoryInForce(around.directory, () => around.now(), (directory) => this.#tell({ tell: "directory", directory }));
  }

  /** A window says something. `tell` is where the hub answers it. */
  said(window: Window, said: Said, tell: Tell): void {
    switch (said.say) {
      case "hello": return this.#hello(window, said.holder, tell);
      case "again": return this.#everything(tell);
      case "there": return tell({ tell: "standing", standing: this.#standing });
      case "wake": return this.#stream.wake();
      case "slept": return this.#stream.distrust(said.connection);
      case "bye": return this.#bye(window);
    }
  }

  /** Ends the stream. */
  end(): void {
    this.#windows.clear();
    this.#leave();
  }

  #hello(window: Window, holder: Holder, tell: Tell): void {
    const before = this.#holder;
    if (before?.who !== holder.who) {
      // nothing that one person may see stays for another
      this.#leave();
      for (const [other, told] of this.#windows) if (other !== window) told({ tell: "standing", standing: { at: "replaced" } });
      this.#windows.clear();
    }
    this.#windows.set(window, tell);
    this.#holder = holder;
    if (this.#beating === undefined) this.#beat();
    // a token that was refused is tried again when somebody comes with it: the centre's keys may have been read anew meanwhile
    if (before?.token !== holder.token || before.who !== holder.who || this.#standing.at === "signed_out") {
      this.#standing = { at: "reaching" };
      this.#stream.follow(holder.token);
    }
    const directory = this.#directory.known;
    if (directory !== undefined) tell({ tell: "directory", directory });
    this.#everything(tell);
  }

  #everything(tell: Tell): void {
    const picture = this.#memory.picture();
    if (picture !== undefined) tell(this.#said(picture, 0));
    tell({ tell: "standing", standing: this.#standing });
  }

  #bye(window: Window): void {
    this.#windows.delete(window);
    // a duty desk is there while its stream is open: a desk without a window is not
    if (this.#windows.size === 0) this.#leave();
  }

  /** A centre that freezes says nothing, and a window must judge itself all the same. */
  #beat(): void {
    this.#beating = this.around.later(BEAT_MS, () => {
      // a token that ended is ended, and a word on its way must not meet a window that came with another
      const silent = this.around.now() - this.#told >= BEAT_MS && this.#standing.at !== "signed_out";
      if (silent) this.#tell({ tell: "standing", standing: this.#standing });
      this.#beat();
    });
  }

  #leave(): void {
    this.#beating?.();
    this.#beating = undefined;
    this.#stream.end();
    this.#stream.forget();
    this.#memory.forget();
    this.#directory.forget();
    this.#holder = undefined;
    this.#standing = { at: "reaching" };
  }

  #frame({ frame, last, partsBefore }: Whole): void {
    // another node may have another clock
    if (frame.connection !== this.#connection) this.#clock.forget();
    this.#connection = frame.connection;
    this.#clock.heard(frame.serverTime, this.around.now());
    this.#memory.take(frame);
    this.#tell(this.#said({ ...frame, ...together([last]) }, partsBefore));
    if (this.#holder !== undefined) this.#directory.inForce(this.#memory.directoryVersion, this.#holder.token);
  }

  /** Tells all windows. */
  #tell(heard: Heard): void {
    this.#told = this.around.now();
    for (const tell of this.#windows.values()) tell(heard);
  }

  #said(frame: WholeFrame, partsBefore: number): Heard {
    return { tell: "frame", frame, partsBefore, clock: this.#clock.estimate(this.around.now()), wall: this.around.wall() };
  }

  #stands(standing: Standing): void {
    const { at } = this.#standing;
    const same = at === standing.at && (standing.at === "reaching" || (standing.at === "following" && "connection" in this.#standing && this.#standing.connection === standing.connection));
    this.#standing = standing;
    if (same) return;
    this.#tell({ tell: "standing", standing });
  }
}
