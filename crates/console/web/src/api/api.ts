// The centre's API, as the person signed in may call it: gRPC-Web on this page's own origin.
//
// Frames come decoded from the hub, so a screen's first picture takes nothing of what encodes and sends: that comes right
// after it, and whoever calls earlier waits for it.
import type { Client } from "@connectrpc/connect";
import type { Centre, Services } from "./centre";

/** Calls a service of the contract by its name: `call("IncidentService").addNote(…)`. */
export type Call = <Name extends keyof Services>(service: Name) => Client<Services[Name]>;

/** How long what calls the centre may take to come: then the link is away, and whoever waits is told. */
const COMES_WITHIN_MS = 10_000;
/** How long after a screen has all that its first picture shows it is drawn for certain. */
const SOON_MS = 250;

type Method<Answer> = (request: unknown, options?: unknown) => Answer;

let coming: Promise<typeof import("./centre")> | undefined;

/** What calls the centre; brought once, and asked for again if it did not come. */
function calling(): Promise<typeof import("./centre")> {
  coming ??= import("./centre").catch((thrown: unknown) => {
    coming = undefined;
    throw thrown;
  });
  return coming;
}

/** Brings what calls the centre, now that the first picture is there: whoever calls will not wait for it. */
export function bringSoon(): void {
  // if it does not come now, whoever calls asks for it again
  setTimeout(() => void calling().catch(() => undefined), SOON_MS);
}

/** Calls the centre at an address with a token: methods with one answer by `call`, streams by `stream`, which has no end of its own. */
export function api(address: string, token: string): Calls {
  let made: Centre | undefined;
  return calls(async () => {
    const { centreAt } = await inTime(calling());
    return (made ??= centreAt(address, token));
  });
}

/** The two ways to call. */
export interface Calls {
  readonly call: Call;
  readonly stream: Call;
}

/** Calls a centre that has yet to come. */
export function calls(reach: () => Promise<Centre>): Calls {
  return {
    call: named((name, method) => async (request, options) => {
      const centre = await reach();
      try {
        return await found<Promise<unknown>>(centre.answering(name), method)(request, options);
      } catch (thrown) {
        throw centre.refused(thrown);
      }
    }),
    stream: named((name, method) => async function* (request, options) {
      const centre = await reach();
      try {
        yield* found<AsyncIterable<unknown>>(centre.streaming(name), method)(request, options);
      } catch (thrown) {
        throw centre.refused(thrown);
      }
    }),
  };
}

/** Services of which each method is made when it is called. The contract's types say which there are. */
function named(make: (name: keyof Services, method: string) => Method<unknown>): Call {
  return (<Name extends keyof Services>(name: Name) => new Proxy({}, { get: (_, method: string) => make(name, method) }) as Client<Services[Name]>);
}

function found<Answer>(client: object, method: string): Method<Answer> {
  return Reflect.get(client, method) as Method<Answer>;
}

function inTime<Value>(value: Promise<Value>): Promise<Value> {
  return new Promise((came, failed) => {
    const over = setTimeout(() => failed(new Error("what calls the centre did not come")), COMES_WITHIN_MS);
    value.then(came, failed).finally(() => clearTimeout(over));
  });
}

/** An id for a request: the same one is sent again until an answer came, so that nothing is done twice. */
export function requestId(): string {
  return crypto.randomUUID();
}
