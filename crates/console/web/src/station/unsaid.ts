// What was said and has no answer yet. While the link stands it is sent at once; while it does not, or when no answer came, it waits here until
// a person says again that it is still true. Nothing in this list is ever sent by itself.
import { signal, type ReadonlySignal } from "@preact/signals";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { aboutOf, type Saying } from "./saying";

/** One saying without an answer. */
export interface Unsaid {
  /** The request's id, the same however often it is sent. */
  readonly id: string;
  readonly saying: Saying;
  /** When the person said it, in milliseconds since 1970, on the centre's clock. */
  readonly saidAt: number;
  /** `sending`: on its way. `waiting`: there was no link. `unknown`: sent, and nobody knows whether it was done. `refused`: the centre said no. */
  readonly state: "sending" | "waiting" | "unknown" | "refused";
  readonly refusal?: Refusal;
}

/** Sends one saying under one request id. */
export type Tell = (requestId: string, saying: Saying) => Promise<void>;

/** More than this many are not kept: whoever has so much to say over a dead link says it by telephone. */
const KEPT_MAX = 50;

/** The names that an earlier build kept sayings under: what was said waits for a person through an update too. */
const NAMED_BEFORE: Readonly<Record<string, Saying["say"]>> = { calledBack: "standDownConfirmed", runCalledBack: "runStandDownConfirmed" };

/** What a desk says, and what of it has no answer. */
export class Sayings {
  readonly #list = signal<readonly Unsaid[]>([]);
  readonly #keptAs: string;
  readonly #tell: Tell;
  readonly #maySend: () => boolean;
  readonly #now: () => number;

  constructor(station: string, given: { readonly tell: Tell; readonly maySend: () => boolean; readonly now: () => number }) {
    this.#keptAs = `kezek.station.${station}.unsaid`;
    this.#tell = given.tell;
    this.#maySend = given.maySend;
    this.#now = given.now;
    this.#list.value = this.#kept();
  }

  /** Everything without an answer, oldest first. */
  get list(): ReadonlySignal<readonly Unsaid[]> {
    return this.#list;
  }

  /** Says something: sent if the link stands, else kept until a person confirms it. What was refused about the same is forgotten. Gives back what is left without an answer that says it is done. */
  async say(saying: Saying): Promise<Unsaid | undefined> {
    const rest = this.#list.value.filter((one) => !(one.state === "refused" && aboutOf(one.saying) === aboutOf(saying)));
    const said: Unsaid = { id: requestId(), saying, saidAt: this.#now(), state: "waiting" };
    this.#set([...rest, said].slice(-KEPT_MAX));
    return this.#maySend() ? this.#send(said) : said;
  }

  /** Sends what a person confirmed is still true, under the id it had. What had never been sent is now said to have happened when it was said. */
  async again(id: string): Promise<Unsaid | undefined> {
    const said = this.#list.value.find((one) => one.id === id);
    if (said === undefined || said.state === "sending" || !this.#maySend()) return said;
    return this.#send(said.state === "waiting" ? { ...said, saying: dated(said.saying, said.saidAt) } : said);
  }

  /** Forgets it: it is not true any more, or was said by telephone. */
  drop(id: string): void {
    this.#set(this.#list.value.filter((one) => one.id !== id));
  }

  async #send(said: Unsaid): Promise<Unsaid | undefined> {
    const { refusal: _before, ...plain } = said;
    this.#replace({ ...plain, state: "sending" });
    try {
      await this.#tell(said.id, said.saying);
      this.drop(said.id);
      return undefined;
    } catch (thrown) {
      const why = refusal(thrown);
      const left: Unsaid = { ...plain, state: why.unknown ? "unknown" : "refused", refusal: why };
      this.#replace(left);
      return left;
    }
  }

  #replace(said: Unsaid): void {
    this.#set(this.#list.value.map((one) => (one.id === said.id ? said : one)));
  }

  #set(list: readonly Unsaid[]): void {
    this.#list.value = list;
    // what the centre refused has had its answer: a restart forgets it
    const kept = list.filter((one) => one.state !== "refused").map(({ id, saying, saidAt, state }) => ({ id, saying, saidAt, state }));
    try {
      localStorage.setItem(this.#keptAs, JSON.stringify(kept));
    } catch {
      // a browser without room keeps nothing over a restart; what is said is sent all the same
    }
  }

  #kept(): Unsaid[] {
    try {
      const list = JSON.parse(localStorage.getItem(this.#keptAs) ?? "[]") as Unsaid[];
      return list.filter((one) => typeof one.id === "string" && typeof one.saying?.say === "string").map(({ saying, state, ...one }) => ({
        ...one,
        saying: { ...saying, say: NAMED_BEFORE[saying.say] ?? saying.say } as Saying,
        // what was on its way when the browser went may have arrived
        state: state === "sending" ? "unknown" : state,
      }));
    } catch {
      return [];
    }
  }
}

/** The same saying, said to have happened at a time, where it can say so and does not yet. */
function dated(saying: Saying, saidAt: number): Saying {
  return "how" in saying && saying.how.occurredAt === undefined ? { ...saying, how: { ...saying.how, occurredAt: saidAt } } : saying;
}
