// The one stream of a browser: it stays connected, goes on where it was, and never tells a change twice or leaves one out.
//
// It has no clock, no network and no chance of its own, so that a test can be all three.
import { Code, ConnectError } from "@connectrpc/connect";
import type { WatchResponse } from "../contract/kezek/watch/v1/watch_service_pb";
import { Parts, type Place, type Whole } from "./parts";
import { LATE_MS, LOST_MS } from "./state";
import type { Part, Standing } from "./told";

/** What surrounds a stream. */
export interface Surroundings {
  /** Opens a watch with a token, from a place on; absent: with the whole picture. `heard` is told of every piece of a frame that comes. */
  open(token: string, after: Place | undefined, signal: AbortSignal, heard: () => void): AsyncIterable<WatchResponse>;
  /** The machine's clock, in milliseconds. */
  now(): number;
  /** How often the machine slept. */
  sleeps(): number;
  /** Does something later; the answer is how to leave it be. */
  later(ms: number, act: () => void): () => void;
  /** A number from 0 up to 1. */
  chance(): number;
}

/** What a stream tells. */
export interface Listener {
  /** In order, without a gap: each continues the one before or is a reset. */
  frame(whole: Whole): void;
  /** A part of a frame that is not whole yet; a connection that ends before it is takes back what was told of it. */
  part(part: Part, first: boolean): void;
  standing(standing: Standing): void;
  /** How many records are known, to say how far a new picture has come. */
  known(): number;
}

/** The pause after the first failure; it doubles up to the longest. */
const PAUSE_MS = 250;
const PAUSE_LONGEST_MS = 5_000;
/** A connection that held for so long was a good one: the next pause is short again. */
const HELD_MS = 10_000;
/** How often a connection is looked at for silence. */
const LOOK_EVERY_MS = 500;

/** Why a connection ended. */
type Ending = "broken" | "gap" | "signed_out";

function endedBy(code: Code): Ending {
  switch (code) {
    case Code.Unauthenticated:
    case Code.PermissionDenied: return "signed_out";
    // the place that was asked for means nothing to this centre
    case Code.InvalidArgument: return "gap";
    default: return "broken";
  }
}

export class Stream {
  #life: AbortController | undefined;
  #connected: { readonly number: number; readonly ending: AbortController } | undefined;
  #connections = 0;
  #whole: Place | undefined;
  #heard = 0;
  /** Ends the pause before the next attempt. */
  #hurry: (() => void) | undefined;

  constructor(private readonly around: Surroundings, private readonly listener: Listener) {}

  /** Follows with a token from now on. What was told before is gone on from, unless it is forgotten first. */
  follow(token: string): void {
    this.end();
    const life = new AbortController();
    this.#life = life;
    void this.#live(token, life.signal);
  }

  /** The next connection begins with the whole picture. */
  forget(): void {
    this.#whole = undefined;
  }

  /** Ends it. */
  end(): void {
    this.#life?.abort();
    this.#life = undefined;
    this.#connected?.ending.abort();
    this.#hurry?.();
  }

  /** Do not wait any longer: the network is back, or somebody looks. */
  wake(): void {
    this.#hurry?.();
    if (this.around.now() - this.#heard > LATE_MS) this.#connected?.ending.abort();
  }

  /** Connects anew if this is still the connection. */
  distrust(connection: number): void {
    if (this.#connected?.number === connection) this.#connected.ending.abort();
    this.#hurry?.();
  }

  async #live(token: string, life: AbortSignal): Promise<void> {
    let failures = 0;
    while (!life.aborted) {
      const began = this.around.now();
      const ending = await this.#connection(token, life);
      if (life.aborted) return;
      if (ending === "signed_out") return this.listener.standing({ at: "signed_out" });
      if (ending === "gap") this.forget();
      this.listener.standing({ at: "reaching" });
      failures = this.around.now() - began > HELD_MS ? 1 : failures + 1;
      await this.#pause(failures);
    }
  }

  async #connection(token: string, life: AbortSignal): Promise<Ending> {
    const ending = new AbortController();
    const number = (this.#connections += 1);
    this.#connected = { number, ending };
    const parts = new Parts(this.#whole, number);
    this.#heard = this.around.now();
    const looked = this.#look(ending);
    try {
      for await (const frame of this.around.open(token, this.#whole, ending.signal, looked.heard)) {
        if (life.aborted || ending.signal.aborted) return "broken";
        looked.heard();
        if (!this.#take(parts, frame, number)) return "gap";
      }
      return "broken";
    } catch (thrown) {
      return endedBy(ConnectError.from(thrown).code);
    } finally {
      looked.end();
      ending.abort();
      if (this.#connected?.number === number) this.#connected = undefined;
    }
  }

  /** Tells what a frame brings; false if it does not continue what was told. */
  #take(parts: Parts, frame: WatchResponse, connection: number): boolean {
    const taken = parts.take(frame);
    switch (taken.as) {
      case "gap": return false;
      case "part": {
        const known = this.listener.known();
        this.listener.part(taken.part, taken.first);
        this.listener.standing({ at: "collecting", connection, got: taken.got, of: taken.reset && known > 0 ? known : undefined });
        return true;
      }
      case "whole":
        this.#whole = { lineage: taken.whole.frame.lineage, number: taken.whole.frame.through };
        this.listener.frame(taken.whole);
        this.listener.standing({ at: "following", connection });
        return true;
    }
  }

  /**
   * Breaks a connection that says nothing: a frozen centre and a pulled cable never end one. A piece of a frame counts as much as a whole one:
   * over a weak link a large frame takes longer than any patience, and who began it anew each time would never have a picture.
   */
  #look(ending: AbortController): { heard(): void; end(): void } {
    let patience = LATE_MS;
    const sleeps = this.around.sleeps();
    const look = (): void => {
      const silent = this.around.now() - this.#heard > patience;
      if (silent || this.around.sleeps() !== sleeps) ending.abort();
      else leave = this.around.later(LOOK_EVERY_MS, look);
    };
    let leave = this.around.later(LOOK_EVERY_MS, look);
    return {
      heard: () => {
        this.#heard = this.around.now();
        patience = LOST_MS;
      },
      end: () => leave(),
    };
  }

  /** Waits before the next attempt: longer each time, and not all browsers of a room at once. */
  #pause(failures: number): Promise<void> {
    const longest = Math.min(PAUSE_LONGEST_MS, PAUSE_MS * 2 ** (failures - 1));
    return new Promise((over) => {
      const done = (): void => {
        leave();
        this.#hurry = undefined;
        over();
      };
      const leave = this.around.later(longest * (0.5 + this.around.chance() / 2), done);
      this.#hurry = done;
    });
  }
}
