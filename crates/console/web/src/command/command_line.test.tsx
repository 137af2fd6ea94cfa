// @vitest-environment happy-dom
// The line as a person has it: typed, previewed, run once, refused in place, taken back.
import { signal } from "@preact/signals";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CommandService, EffectSchema, Verb, type RunCommandRequest } from "../contract/kezek/command/v1/command_service_pb";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { askedHelp } from "../look/asked_help";
import { Help } from "../look/help";
import { appears, NOW, press, settled, show, stage, write, type Stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { CommandLine, focusCommandLine } from "./command_line";
import { PREVIEW_AFTER_MS, PREVIEW_AGAIN_MS } from "./running";

const SEND = create(EffectSchema, { verb: Verb.DISPATCH, canonical: "D 21 1043", incidentNumber: "1043", units: [{ unitId: "u21", callsign: "21", state: "available" }] });

function refuse(reason: string, metadata: Record<string, string>): ConnectError {
  return new ConnectError("no", Code.FailedPrecondition, undefined, [{ desc: ErrorInfoSchema, value: { reason, metadata } }]);
}

/** A centre that answers previews and runs as the test says. */
function centre(run: (request: RunCommandRequest) => object, previewed: string[] = [], means: () => object = () => SEND) {
  const ran: RunCommandRequest[] = [];
  const routes = ({ service }: ConnectRouter): void => {
    service(CommandService, {
      previewCommand: ({ line }) => {
        previewed.push(line);
        return { effect: means() };
      },
      runCommand: (request) => {
        ran.push(request);
        return run(request);
      },
      listCommands: () => ({ commands: [{ verb: Verb.DISPATCH, words: ["D"], form: "D unit[,unit] incident", example: "D 21 1043" }] }),
    });
  };
  return { ran, routes };
}

async function line(on: Stage, viewed: string[] = []): Promise<{ page: HTMLElement; input: HTMLInputElement }> {
  const page = await show(on, <CommandLine selected="i-1" onView={(id) => viewed.push(id)} />);
  const input = page.querySelector<HTMLInputElement>("#command-line");
  if (input === null) throw new Error("there is no line");
  return { page, input };
}

beforeEach(async () => {
  localStorage.clear();
  await speak("en");
});

describe("the command line", () => {
  it("says what a line would do once nothing more is typed, and asks once for all of it", async () => {
    const previewed: string[] = [];
    const { page, input } = await line(stage(centre(() => ({})).routes), []);
    await write(input, "D 21");
    await settled(10);
    expect(page.querySelector(".would")).toBeNull();
    const asking = await line(stage(centre(() => ({}), previewed).routes));
    await write(asking.input, "D");
    await write(asking.input, "D 21 1043");
    await settled(PREVIEW_AFTER_MS + 60);
    expect(previewed).toEqual(["D 21 1043"]);
    expect(asking.page.querySelector(".would")?.textContent).toContain("Send 21 to 1043");
    expect(asking.page.querySelector(".would")?.textContent).toContain("21: available");
  });

  it("asks again while a line stands, so that what it would do does not grow old unseen, and not on a lost link", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const previewed: string[] = [];
    const on = stage(centre(() => ({}), previewed).routes);
    const { input } = await line(on);
    await write(input, "D 21 1043");
    await settled(PREVIEW_AFTER_MS + 60);
    vi.advanceTimersByTime(PREVIEW_AGAIN_MS);
    await settled(20);
    expect(previewed).toEqual(["D 21 1043", "D 21 1043"]);
    on.state.value = { at: "lost" };
    vi.advanceTimersByTime(PREVIEW_AGAIN_MS);
    await settled(20);
    expect(previewed).toHaveLength(2);
    vi.useRealTimers();
  });

  it("does it once at Enter, with the selected incident, and offers to take it back while that may be", async () => {
    const { ran, routes } = centre(() => ({ effect: SEND, undoUntil: timestampFromMs(NOW + 10_000) }));
    const on = stage(routes);
    const { page, input } = await line(on);
    await write(input, "D 21 1043");
    await press(input, "Enter");
    await press(input, "Enter");
    await settled(20);
    expect(ran.map(({ line: typed, selectedIncidentId }) => [typed, selectedIncidentId])).toEqual([["D 21 1043", "i-1"]]);
    expect(input.value).toBe("");
    expect(page.querySelector(".done")?.textContent).toContain("Done 14:03:22: Send 21 to 1043");
    const undo = page.querySelector<HTMLButtonElement>(".done button");
    expect(undo?.textContent).toBe("Take back (10 s)");
    undo?.click();
    await settled(20);
    expect(ran.at(-1)?.line).toBe("UNDO");
    on.now.value = NOW + 11_000;
    await settled();
    expect(page.querySelector(".done button")).toBeNull();
  });

  it("opens the card of the caller it answers from the next key on, and gives it what was written on before that could be", async () => {
    const answer = create(EffectSchema, { verb: Verb.ANSWER, canonical: "ANS", callId: "c" });
    let free = (): void => undefined;
    const { routes } = centre(() => new Promise((next) => { free = () => next({ effect: answer }); }), [], () => answer);
    const told: unknown[] = [];
    let opens = true;
    const shown = async (): Promise<HTMLInputElement> => {
      const page = await show(stage(routes), <CommandLine selected={undefined} onView={() => undefined} onAnswer={(...said) => { told.push(said); return opens; }} onNotAnswered={(call, { reason }) => told.push([call, reason])} />);
      return page.querySelector("#command-line") as HTMLInputElement;
    };
    // before it is known what the line means
    const quick = await shown();
    await write(quick, "ANS");
    await press(quick, "Enter");
    await settled(20);
    expect(told).toEqual([]);
    await write(quick, "ANSFrunze");
    free();
    await settled(20);
    expect([told, quick.value]).toEqual([[["c", "Frunze"]], ""]);

    // where no card could be opened it stays where it is
    opens = false;
    const late = await shown();
    await write(late, "ANS");
    await press(late, "Enter");
    await settled(20);
    await write(late, "ANSFrunze");
    free();
    await settled(20);
    expect(late.value).toBe("ANSFrunze");
    opens = true;

    told.length = 0;
    const seen = await shown();
    await write(seen, "ANS");
    await settled(PREVIEW_AFTER_MS + 60);
    await press(seen, "Enter");
    expect(told).toEqual([["c", ""]]);
    await settled(20);
    free();
    await settled(20);
    expect([told, seen.value]).toEqual([[["c", ""]], ""]);
  });

  it("says of a caller whose card is open that the answering was refused", async () => {
    const answer = create(EffectSchema, { verb: Verb.ANSWER, canonical: "ANS", callId: "c" });
    const told: unknown[] = [];
    const { routes } = centre(() => { throw refuse("ILLEGAL_STEP", {}); }, [], () => answer);
    const page = await show(stage(routes), <CommandLine selected={undefined} onView={() => undefined} onAnswer={() => true} onNotAnswered={(call, { reason }) => told.push([call, reason])} />);
    const input = page.querySelector("#command-line") as HTMLInputElement;
    await write(input, "ANS");
    await settled(PREVIEW_AFTER_MS + 60);
    await press(input, "Enter");
    await settled(20);
    expect(told).toEqual([["c", "ILLEGAL_STEP"]]);
  });

  it("does what was shown or nothing, and shows anew what the line means by then", async () => {
    const means = (incidentNumber: string) => create(EffectSchema, { ...SEND, incidentNumber, meaning: `of ${incidentNumber}` });
    let now = means("1043");
    const ran: string[] = [];
    const on = stage(({ service }) => {
      service(CommandService, {
        previewCommand: () => ({ effect: now }),
        runCommand: ({ meaning }) => {
          ran.push(meaning);
          if (meaning !== now.meaning) throw refuse("VERSION_MOVED", {});
          return { effect: now };
        },
      });
    });
    const { page, input } = await line(on);
    await write(input, "D 21 043");
    await settled(PREVIEW_AFTER_MS + 60);
    now = means("2043");
    await press(input, "Enter");
    for (let looks = 0; looks < 500 && page.textContent?.includes("Send 21 to 2043") !== true; looks += 1) await settled(10);
    expect([input.value, page.querySelector(".mend")?.textContent]).toEqual(["D 21 043", expect.stringContaining("it was changed since you looked")]);
    await press(input, "Enter");
    await settled(20);
    expect(ran).toEqual(["of 1043", "of 2043"]);
  });

  it("keeps a refused line, with its code and choices that a key picks", async () => {
    const { ran, routes } = centre(() => { throw refuse("COMMAND_AMBIGUOUS", { word: "2", choices: "21,22" }); });
    const { page, input } = await line(stage(routes));
    await write(input, "D 2 1043");
    await press(input, "Enter");
    await settled(20);
    expect(input.value).toBe("D 2 1043");
    expect(page.querySelector(".refused")?.textContent).toContain("COMMAND_AMBIGUOUS");
    await settled(50);
    expect(page.querySelector(".refused")?.textContent).toContain("this fits several");
    await press(input, "ArrowDown");
    expect(document.activeElement?.textContent).toBe("21");
    await press(document.activeElement ?? page, "ArrowRight");
    expect(document.activeElement?.textContent).toBe("22");
    (document.activeElement as HTMLButtonElement).click();
    await settled();
    expect(input.value).toBe("D 22 1043");
    expect(page.querySelector(".refused")).toBeNull();
    expect(document.activeElement).toBe(input);
    await press(input, "Enter");
    await settled(20);
    expect(new Set(ran.map(({ requestId }) => requestId)).size).toBe(2);
  });

  it("asks with the same request again where no answer came, and with another for another line", async () => {
    const { ran, routes } = centre(() => { throw new ConnectError("gone", Code.Unavailable); });
    const { page, input } = await line(stage(routes));
    await write(input, "D 21 1043");
    await press(input, "Enter");
    await settled(20);
    expect(page.textContent).toContain("Nobody knows whether it was done");
    await press(input, "Enter");
    await settled(20);
    await write(input, "D 22 1043");
    await press(input, "Enter");
    await settled(20);
    const [first, second, other] = ran.map(({ requestId }) => requestId);
    expect(ran).toHaveLength(3);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it("is the same request again after a reload where no answer came, whatever is selected by then, and says that nobody knows", async () => {
    let gone = true;
    const { ran, routes } = centre(() => { if (gone) throw new ConnectError("gone", Code.Unavailable); return { effect: SEND }; });
    const on = stage(routes);
    const before = await line(on);
    await write(before.input, "D 21");
    await press(before.input, "Enter");
    await settled(20);
    const page = await show(on, <CommandLine selected={undefined} onView={() => undefined} />);
    const input = page.querySelector<HTMLInputElement>("#command-line");
    expect([input?.value, page.textContent?.includes("Nobody knows whether it was done")]).toEqual(["D 21", true]);
    gone = false;
    await press(input ?? page, "Enter");
    await settled(20);
    expect(ran).toHaveLength(2);
    expect(ran[1]).toEqual(ran[0]);
    // it was answered: the same line is another request from now on
    const after = await line(on);
    await write(after.input, "D 21");
    await press(after.input, "Enter");
    await settled(20);
    expect(ran[2]?.requestId).not.toBe(ran[0]?.requestId);
  });

  it("typed anew does what is shown by then, and not what it was about when no answer came", async () => {
    const { ran, routes } = centre(() => { throw new ConnectError("gone", Code.Unavailable); });
    const selected = signal("i-1");
    const On = () => <CommandLine selected={selected.value} onView={() => undefined} />;
    const page = await show(stage(routes), <On />);
    const input = page.querySelector<HTMLInputElement>("#command-line");
    if (input === null) throw new Error("there is no line");
    await write(input, "D 21");
    await press(input, "Enter");
    await settled(20);
    selected.value = "i-2";
    await settled();
    await write(input, "");
    await write(input, "D 21");
    await press(input, "Enter");
    await settled(20);
    expect(ran.map(({ selectedIncidentId }) => selectedIncidentId)).toEqual(["i-1", "i-2"]);
    expect(ran[1]?.requestId).not.toBe(ran[0]?.requestId);
  });

  it("typed anew is another request where the same words mean something else by then", async () => {
    let rings = "1";
    const { ran, routes } = centre(() => { throw new ConnectError("gone", Code.Unavailable); }, [], () => create(EffectSchema, { ...SEND, incidentNumber: rings, meaning: rings }));
    const { page, input } = await line(stage(routes));
    const typed = async (): Promise<void> => {
      await write(input, "");
      await write(input, "ANS");
      for (let looks = 0; looks < 500 && page.textContent?.includes(`Send 21 to ${rings}`) !== true; looks += 1) await settled(10);
      const before = ran.length;
      await press(input, "Enter");
      for (let looks = 0; looks < 500 && (ran.length === before || page.textContent?.includes("Nobody knows") !== true); looks += 1) await settled(10);
    };
    await typed();
    rings = "2";
    await typed();
    await typed();
    expect(ran.map(({ meaning }) => meaning)).toEqual(["1", "2", "2"]);
    expect(ran[1]?.requestId).not.toBe(ran[0]?.requestId);
    expect(ran[2]?.requestId).toBe(ran[1]?.requestId);
  });

  it("after a reload is another request if another line was typed since the one without an answer", async () => {
    const { ran, routes } = centre(() => { throw new ConnectError("gone", Code.Unavailable); });
    const on = stage(routes);
    const before = await line(on);
    await write(before.input, "ANS");
    await press(before.input, "Enter");
    await settled(20);
    await write(before.input, "V 1");
    const after = await line(on);
    expect(after.page.textContent).not.toContain("Nobody knows");
    await write(after.input, "ANS");
    await press(after.input, "Enter");
    await settled(20);
    expect(ran).toHaveLength(2);
    expect(ran[1]?.requestId).not.toBe(ran[0]?.requestId);
  });

  it("sends nothing on a lost link and says so; what was typed stays, also over a reload", async () => {
    const { ran, routes } = centre(() => ({ effect: SEND }));
    const on = stage(routes);
    const { page, input } = await line(on);
    await write(input, "D 21 1043");
    on.state.value = { at: "lost" };
    await settled();
    await press(input, "Enter");
    await settled(20);
    expect(ran).toEqual([]);
    expect(page.textContent).toContain("Nothing is sent while the link is lost");
    expect((await line(on)).input.value).toBe("D 21 1043");
  });

  it("shows an incident for V and explains at ?", async () => {
    const viewed: string[] = [];
    const { routes } = centre(() => ({ effect: { verb: Verb.VIEW, incidentId: "i-7" } }));
    const { input } = await line(stage(routes), viewed);
    await write(input, "V 1043");
    await press(input, "Enter");
    await settled(20);
    expect(viewed).toEqual(["i-7"]);
    await write(input, "?");
    await press(input, "Enter");
    expect(askedHelp.value).toBe("commands");
    expect(input.value).toBe("");
    const help = await show(stage(routes), <Help keys={[]} first="commands" onClose={() => undefined} />);
    await appears(help, "dialog tr code");
    const said = help.querySelector("dialog")?.textContent ?? "";
    expect(said).toContain("D unit[,unit] incident");
    expect(said.indexOf("send units")).toBeLessThan(said.indexOf("On every screen"));
  });

  it("goes to F2 and back to where the person was, and keeps the draft", async () => {
    const { page, input } = await line(stage(centre(() => ({})).routes));
    const elsewhere = document.createElement("button");
    document.body.append(elsewhere);
    elsewhere.focus();
    await write(input, "D 21");
    await press(elsewhere, "F2");
    expect(document.activeElement).toBe(input);
    // the browser says from where the focus came; this one does not
    input.dispatchEvent(new FocusEvent("focus", { relatedTarget: elsewhere }));
    await press(input, "Escape");
    expect(document.activeElement).toBe(elsewhere);
    focusCommandLine();
    expect(input.value).toBe("D 21");
    expect(page.isConnected).toBe(true);
  });

  it("of an older centre is said to be missing", async () => {
    const { page, input } = await line(stage(() => undefined));
    await write(input, "D 21 1043");
    await settled(PREVIEW_AFTER_MS + 60);
    expect(page.textContent).toContain("This centre is older and reads no commands");
  });

  it("is not offered to whoever may use no command", async () => {
    const page = await show(stage(() => undefined, "observer"), <CommandLine selected={undefined} onView={() => undefined} />);
    expect(page.querySelector("input")).toBeNull();
  });
});
