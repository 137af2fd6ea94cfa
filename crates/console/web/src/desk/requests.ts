// Requests that may be sent again. As long as nobody knows what became of a request the very same one goes out again, under the same id, so that
// nothing is done twice; other content is another request.
import { requestId } from "../api/api";

/** Remembers the request that was sent last until an answer came. */
export class Requests {
  #unanswered: { readonly content: string; readonly request: unknown } | undefined;

  /** The request for this content: the one that is still unanswered, or a new one made with a new id. */
  prepare<Request>(content: string, make: (id: string) => Request): Request {
    if (this.#unanswered?.content !== content) this.#unanswered = { content, request: make(requestId()) };
    return this.#unanswered.request as Request;
  }

  /** An answer came, yes or no: the next request is a new one. */
  answered(): void {
    this.#unanswered = undefined;
  }
}
