// Hears an answer come piece by piece, long before a whole message of it is there.

/** Fetches as `through` does, and tells `heard` of every piece of the answer that comes. */
export function hearing(through: typeof fetch, heard: () => void): typeof fetch {
  return async (asked, how) => {
    const answer = await through(asked, how);
    if (answer.body === null) return answer;
    const listened = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (piece, onwards) => {
        heard();
        onwards.enqueue(piece);
      },
    });
    return new Response(answer.body.pipeThrough(listened), { status: answer.status, statusText: answer.statusText, headers: answer.headers });
  };
}
