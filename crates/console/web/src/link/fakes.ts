// A clock and a centre for tests of the stream: time moves when a test says so, and frames come when it gives them.
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Directory } from "../contract/kezek/directory/v1/directory_pb";
import { NoteSchema } from "../contract/kezek/record/v1/note_pb";
import { RecordSchema, WatchResponseSchema, type Record as WireRecord, type WatchResponse } from "../contract/kezek/watch/v1/watch_service_pb";
import type { Place } from "./parts";
import type { HubSurroundings } from "./hub";

/** One watch that was opened. */
export interface Opened {
  readonly token: string;
  readonly after: Place | undefined;
  readonly signal: AbortSignal;
  give(frame: WatchResponse): void;
  /** A piece of a frame comes that is not whole yet. */
  trickle(): void;
  end(code?: Code): void;
}

/** Time, and a centre that does what a test says. */
export class FakeCentre implements HubSurroundings {
  readonly opened: Opened[] = [];
  slept = 0;
  #now = 0;
  #timers: { readonly at: number; readonly act: () => void }[] = [];

  /** What each reading of the directory is answered with, and with which token it was asked for; without an answer it stays away. */
  readonly directories: { readonly token: string; answer(directory: Directory | undefined): void; fail(): void }[] = [];

  now = (): number => this.#now;
  wall = (): number => this.#now;
  sleeps = (): number => this.slept;
  chance = (): number => 1;

  directory = (token: string): Promise<Directory | undefined> =>
    new Promise((answer, refuse) => void this.directories.push({ token, answer, fail: () => refuse(new ConnectError("gone", Code.Unavailable)) }));

  later(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, act };
    this.#timers.push(timer);
    return () => { this.#timers = this.#timers.filter((one) => one !== timer); };
  }

  /** Lets time pass, and everything happen that was to happen in it. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = end;
    await settled();
  }

  /** The watch that was opened last. */
  get last(): Opened {
    const found = this.opened.at(-1);
    if (found === undefined) throw new Error("nothing was opened");
    return found;
  }

  async *open(token: string, after: Place | undefined, signal: AbortSignal, heard: () => void): AsyncGenerator<WatchResponse> {
    const given: (WatchResponse | ConnectError | "end")[] = [];
    let stir: () => void = () => undefined;
    const give = (one: WatchResponse | ConnectError | "end"): void => {
      given.push(one);
      stir();
    };
    signal.addEventListener("abort", () => give(new ConnectError("aborted", Code.Canceled)));
    this.opened.push({ token, after, signal, give, trickle: heard, end: (code) => give(code === undefined ? "end" : new ConnectError("ended", code)) });
    for (;;) {
      const one = given.shift();
      if (one === "end") return;
      if (one instanceof ConnectError) throw one;
      if (one !== undefined) yield one;
      else await new Promise<void>((stirred) => { stir = stirred; });
    }
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A record that can be told from others. */
export function record(id: string, text = ""): WireRecord {
  return create(RecordSchema, { record: { case: "note", value: create(NoteSchema, { noteId: id, text }) } });
}

/** A frame of lineage `one` unless said. */
export function frame(after: number, through: number, said: Partial<WatchResponse> = {}, serverTime = 1_000): WatchResponse {
  return Object.assign(create(WatchResponseSchema), { lineage: "one", after: BigInt(after), through: BigInt(through), serverTime: timestampFromMs(serverTime), ...said });
}
