// The centre's API, as the person signed in may call it: gRPC-Web on this page's own origin.
import { createClient, type Client, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import type { DescService } from "@bufbuild/protobuf";

/** Calls a service of the contract: `call(IncidentService).addNote(…)`. A screen brings only the services that it names. */
export type Call = <Service extends DescService>(service: Service) => Client<Service>;

/** How long a request may take before it is called unknown: the centre's own limit on a commit is shorter. */
const ANSWER_WITHIN_MS = 10_000;

/** Calls the centre at an address with a token: methods with one answer by `call`, streams by `stream`, which has no end of its own. */
export function api(address: string, token: string): { readonly call: Call; readonly stream: Call } {
  const bearer: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  const over = (limit: { defaultTimeoutMs?: number }): Call => {
    const transport = createGrpcWebTransport({ baseUrl: address, interceptors: [bearer], ...limit });
    const made = new Map<DescService, unknown>();
    return (service) => {
      if (!made.has(service)) made.set(service, createClient(service, transport));
      return made.get(service) as Client<typeof service>;
    };
  };
  return { call: over({ defaultTimeoutMs: ANSWER_WITHIN_MS }), stream: over({}) };
}

/** An id for a request: the same one is sent again until an answer came, so that nothing is done twice. */
export function requestId(): string {
  return crypto.randomUUID();
}
