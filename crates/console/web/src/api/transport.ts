// gRPC-Web to a centre with a token: what really encodes, sends and decodes.
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import type { Interceptor, Transport } from "@connectrpc/connect";

/** A way to the centre at an address with a token. `defaultTimeoutMs` is how long an answer may take; absent: as long as it takes. */
export function transport(address: string, token: string, limit: { readonly defaultTimeoutMs?: number }): Transport {
  const bearer: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  return createGrpcWebTransport({ baseUrl: address, interceptors: [bearer], ...limit });
}
