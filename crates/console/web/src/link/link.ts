// The link of this window: what the hub tells, put into a picture, and judged every moment for how true it still is.
import { signal } from "@preact/signals";
import type { Directory } from "../contract/kezek/directory/v1/directory_pb";
import { Picture } from "../picture/picture";
import { who, type Session } from "../session/session";
import { CentreClock } from "./centre_clock";
import { Joining } from "./joining";
import { alike, judge } from "./judge";
import { line, type Ends, type Line } from "./line";
import { LocalClock } from "./local_clock";
import { newer, readAgain } from "./site";
import type { Link, LinkState } from "./state";
import { clockOnArrival, type Heard, type Holder, type Standing, type WholeFrame } from "./told";

/** How often a window judges itself, beside every frame. */
const JUDGE_EVERY_MS = 250;
/** How often a window that is lost asks whether the hub is still there. */
const ASK_EVERY_MS = 4_000;
/** Changes are shown at the next paint; a window that nobody sees is never painted, and its alarms must sound all the same. */
const SHOWN_WITHIN_MS = 500;

/** Connects and stays connected until it is closed. `directory` is told the one in force, whenever it changes. */
export function connect(session: Session, directory: (inForce: Directory) => void): Link {
  const link = new WindowLink(session, line, directory);
  link.begin();
  return link;
}

/** Whose stream it is: those who may see the same have the same. */
function holder(session: Session): Holder {
  return { token: session.token, who: who(session) };
}

class WindowLink implements Link {
  readonly picture = new Picture();
  readonly state = signal<LinkState>({ at: "connecting" });
  readonly trueAt = signal(0);
  readonly #local = new LocalClock();
  readonly #clock = new CentreClock(Date.now(), this.#local.now());
  readonly #begun = this.#local.now();
  #line: Line;
  #holder: Holder;
  #standing: Standing = { at: "reaching" };
  #last: { readonly at: number; readonly lag: number; readonly connection: number } | undefined;
  #resumedAt = 0n;
  #sleeps = 0;
  /** What this connection and those before it bring may be from before the machine slept. */
  #distrusted = 0;
  /** Waits for everything anew: what comes until then continues nothing. */
  #asked = false;
  readonly #joining = new Joining();
  #closing = new AbortController();
  #painting = false;

  /** When the hub said anything at all. */
  #said: number;
  /** From when on an answer of the hub is awaited. */
  #answered: number;

  constructor(session: Session, private readonly open: (ends: Ends) => Line, private readonly directory: (inForce: Directory) => void) {
    this.#holder = holder(session);
    this.#said = this.#answered = this.#begun;
    this.#line = this.#reach();
  }

  /** Begins to judge itself, and to listen to what the browser says of the network and the lid. */
  begin(): void {
    const { signal: closing } = this.#closing;
    const timers = [setInterval(() => this.#judge(), JUDGE_EVERY_MS), setInterval(() => this.#askForHub(), ASK_EVERY_MS)];
    closing.addEventListener("abort", () => timers.forEach(clearInterval));
    void readAgain();
    const wake = (): void => {
      this.#judge();
      if (!document.hidden) this.#line.say({ say: "wake" });
    };
    addEventListener("online", wake, { signal: closing });
    document.addEventListener("visibilitychange", wake, { signal: closing });
    // a page that is kept for going back to must not hold the stream open; it greets again when it is shown
    addEventListener("pagehide", () => this.#line.say({ say: "bye" }), { signal: closing });
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      this.#greet();
      this.#judge();
    }, { signal: closing });
  }

  now(): number {
    return this.#clock.now(this.#local.now());
  }

  renew(session: Session): void {
    this.#holder = holder(session);
    this.#standing = { at: "reaching" };
    this.#greet();
    this.#judge();
  }

  close(): void {
    this.#line.say({ say: "bye" });
    this.#line.close();
    this.#closing.abort();
  }

  #reach(): Line {
    return this.open({
      hear: (heard) => this.#hear(heard),
      began: () => {
        // another hub counts its connections anew
        this.#distrusted = 0;
        this.#greet();
      },
    });
  }

  /** A thread that was ended by the browser says nothing of it: if the hub does not answer, there must be another. */
  #askForHub(): void {
    if (this.state.peek().at !== "lost") {
      this.#answered = this.#local.now();
      return;
    }
    if (this.#local.now() - this.#answered > 2.5 * ASK_EVERY_MS) {
      this.#answered = this.#local.now();
      this.#line.close();
      this.#line = this.#reach();
    }
    this.#line.say({ say: "there" });
  }

  #greet(): void {
    if (this.#closing.signal.aborted) return;
    // whatever was told in between is in the picture that answers a greeting
    this.#asked = true;
    this.#line.say({ say: "hello", holder: this.#holder });
  }

  #hear(heard: Heard): void {
    if (this.#closing.signal.aborted) return;
    this.#said = this.#answered = this.#local.now();
    switch (heard.tell) {
      case "standing": {
        const before = this.#standing;
        this.#standing = heard.standing;
        if (heard.standing.at === "following" && before.at !== "following") void readAgain();
        break;
      }
      case "part":
        this.#joining.part(heard.part, heard.first);
        break;
      case "frame":
        this.#frame(this.#joining.whole(heard.frame, heard.partsBefore), clockOnArrival(heard, Date.now()));
        break;
      case "directory":
        this.directory(heard.directory);
        break;
    }
    this.#judge();
  }

  #frame(frame: WholeFrame | undefined, clock: number): void {
    if (frame?.reset === true) this.#asked = false;
    else if (this.#asked) return;
    else if (frame === undefined || frame.lineage !== this.picture.lineage || frame.after !== this.picture.through) {
      this.#asked = true;
      this.#line.say({ say: "again" });
      return;
    }
    this.picture.apply(frame);
    this.#paint();
    this.#noticeSleep();
    if (frame.connection <= this.#distrusted) return;
    const at = this.#local.now();
    if (frame.connection !== this.#last?.connection) {
      this.#clock.forget();
      this.#resumedAt = frame.reset ? frame.through : frame.after;
    }
    this.#clock.heard(clock, at);
    this.#last = { at, lag: clock - frame.serverTime, connection: frame.connection };
    this.trueAt.value = frame.trueAt;
  }

  #noticeSleep(): void {
    const { sleeps } = this.#local;
    if (sleeps === this.#sleeps) return;
    this.#sleeps = sleeps;
    this.#distrusted = this.#last?.connection ?? 0;
    this.#line.say({ say: "slept", connection: this.#distrusted });
  }

  #judge(): void {
    this.#noticeSleep();
    const at = this.#local.now();
    const judged = judge({
      standing: this.#standing,
      age: this.#last === undefined ? undefined : this.#clock.estimate(at) - this.trueAt.peek(),
      waited: at - this.#begun,
      silent: at - this.#said,
      quiet: at - (this.#last?.at ?? 0),
      lag: this.#last?.lag ?? 0,
      caughtUp: Number(this.picture.through - this.#resumedAt),
      newer: newer.peek(),
    });
    if (!alike(judged, this.state.peek())) this.state.value = judged;
  }

  #paint(): void {
    if (this.#painting) return;
    this.#painting = true;
    let frame = 0;
    const show = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      this.#painting = false;
      if (!this.#closing.signal.aborted) this.picture.shown();
    };
    frame = requestAnimationFrame(show);
    const timer = setTimeout(show, SHOWN_WITHIN_MS);
  }
}
