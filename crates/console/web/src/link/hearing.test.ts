import { expect, test } from "vitest";
import { hearing } from "./hearing";

/** An answer whose pieces come when a test gives them. */
function answer(): { whole: Response; give(piece: string): void; break(): void } {
  let pieces: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => { pieces = controller; } });
  return {
    whole: new Response(body, { status: 200, headers: { "grpc-status": "0" } }),
    give: (piece) => pieces?.enqueue(new TextEncoder().encode(piece)),
    break: () => pieces?.error(new Error("the cable was pulled")),
  };
}

test("every piece is heard when it comes, and passed on as it is", async () => {
  let heard = 0;
  const { whole, give } = answer();
  const got = await hearing(async () => whole, () => { heard += 1; })("/watch");
  expect([got.status, got.headers.get("grpc-status"), heard]).toEqual([200, "0", 0]);
  const reader = got.body?.getReader();
  for (const [count, piece] of ["half a ", "frame"].entries()) {
    give(piece);
    const read = await reader?.read();
    expect(new TextDecoder().decode(read?.value)).toBe(piece);
    expect(heard).toBe(count + 1);
  }
});

test("an answer that breaks is broken for who reads it", async () => {
  const { whole, break: breakOff } = answer();
  const got = await hearing(async () => whole, () => undefined)("/watch");
  breakOff();
  await expect(got.text()).rejects.toThrow("the cable was pulled");
});

test("an answer without a body is passed on", async () => {
  const empty = new Response(null, { status: 204 });
  expect(await hearing(async () => empty, () => undefined)("/watch")).toBe(empty);
});
