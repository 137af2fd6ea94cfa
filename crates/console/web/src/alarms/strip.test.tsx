// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { beforeEach, describe, expect, it } from "vitest";
import { AlarmService, type AcknowledgeAlarmRequest } from "../contract/kezek/dispatch/v1/alarm_service_pb";
import { IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { AlarmLevel } from "../contract/kezek/record/v1/alarm_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { alarm, type Stands } from "../testing/alarms";
import { appears, NOW, press, settled, show, stage, write, type Stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { AlarmStrip } from "./strip";
import { sounding } from "./tones";

const opened: string[] = [];

function put(on: Stage, id: string, of: Parameters<typeof alarm>[2] = {}, stands: Stands = "raised"): void {
  on.picture.alarms.set(id, alarm(id, NOW - 65_000, { incidentId: "i", stationId: "leninsky", ...of }, stands));
}

/** A strip of a centre that knows one incident of the third priority. */
async function strip(routes: (router: ConnectRouter) => void, fill: (on: Stage) => void, role: "operator" | "observer" = "operator") {
  const on = stage(routes, role);
  on.picture.incidents.set("i", create(IncidentSchema, { incidentId: "i", spokenNumber: "1043", priority: 3, incidentTypeId: "fight" }));
  fill(on);
  on.picture.shown();
  return { on, page: await show(on, <AlarmStrip onOpen={(id) => opened.push(id)} />) };
}

function acknowledging(answer: (request: AcknowledgeAlarmRequest) => object = () => ({})) {
  const asked: AcknowledgeAlarmRequest[] = [];
  const routes = ({ service }: ConnectRouter): void => {
    service(AlarmService, {
      acknowledgeAlarm: (request) => {
        asked.push(request);
        return answer(request);
      },
    });
  };
  return { asked, routes };
}

beforeEach(async () => {
  localStorage.clear();
  opened.length = 0;
  await speak("en");
});

describe("the strip", () => {
  it("says what, about what, how long and how many, in words", async () => {
    const { page } = await strip(() => undefined, (on) => {
      put(on, "a");
      put(on, "b");
      put(on, "c", { incidentId: "", stationId: "", code: "STORE_RESTORED", level: AlarmLevel.SUPERVISOR }, "acknowledged");
    });
    const [first, second] = [...page.querySelectorAll(".alarm")].map((row) => row.textContent);
    expect(first).toContain("DESK_UNANSWERED ×2");
    expect(first).toContain("a desk has not said in time that it received the assignment");
    expect(first).toContain("1043");
    expect(first).toContain("Fight, Leninsky");
    expect(first).toContain("1:05");
    expect(second).toContain("taken by bakyt");
    expect(page.textContent).toContain("1 nobody acts on, 1 taken");
    page.querySelector<HTMLButtonElement>(".alarm button")?.click();
    expect(opened).toEqual(["i"]);
  });

  it("says how old it is once the link is late, and nothing of it while it is live", async () => {
    const { on, page } = await strip(() => undefined, (on) => put(on, "a"));
    expect(page.querySelector(".alarms .stale")).toBeNull();
    on.state.value = { at: "late" };
    on.now.value += 7_000;
    await settled();
    expect(page.querySelector<HTMLElement>(".alarms")?.dataset["stale"]).toBe("true");
    expect(page.querySelector(".alarms > header .stale")?.textContent).toBe("◷ 0:07");
  });

  it("acknowledges the first at F9, each of its alarms once, as the person saw it", async () => {
    const { asked, routes } = acknowledging();
    const { page } = await strip(routes, (on) => { put(on, "a"); put(on, "b"); });
    await settled(600);
    await press(page, "F9");
    await settled(30);
    expect(asked.map(({ alarmId, expectedVersion }) => [alarmId, expectedVersion])).toEqual([["a", 7n], ["b", 7n]]);
    expect(page.querySelector(".alarm")?.getAttribute("data-taken")).toBe("false");
  });

  it("acknowledges nothing that changed just now, nothing on a lost link, and says why", async () => {
    const { asked, routes } = acknowledging();
    const { on, page } = await strip(routes, (stand) => put(stand, "a"));
    await settled(600);
    put(on, "urgent", { code: "CALL_UNANSWERED", incidentId: "", callId: "k" });
    on.picture.shown();
    await settled();
    await press(page, "F9");
    await settled(20);
    expect(asked).toEqual([]);
    expect(page.querySelector(".hint")?.textContent).toContain("has just changed");
    await settled(600);
    on.state.value = { at: "lost" };
    await settled();
    await press(page, "F9");
    await settled(20);
    expect(asked).toEqual([]);
    expect(page.querySelector(".hint")?.textContent).toContain("telephone or radio");
  });

  it("shows a refusal in the row, and asks with the same request again where no answer came", async () => {
    let answers = 0;
    const { asked, routes } = acknowledging(() => {
      answers += 1;
      if (answers === 1) throw new ConnectError("gone", Code.Unavailable);
      throw new ConnectError("moved", Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: { reason: "VERSION_MOVED" } }]);
    });
    const { page } = await strip(routes, (on) => put(on, "a"));
    const acknowledge = (): void => page.querySelector<HTMLButtonElement>(".aside button")?.click();
    acknowledge();
    await settled(30);
    expect(page.querySelector(".alarm .refused")?.textContent).toContain("UNREACHABLE");
    acknowledge();
    await settled(30);
    expect(page.querySelector(".alarm .refused")?.textContent).toContain("VERSION_MOVED");
    acknowledge();
    await settled(30);
    const [first, second, third] = asked.map(({ requestId }) => requestId);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it("asks with the same request again about one matter though another was refused in between", async () => {
    const { asked, routes } = acknowledging(({ alarmId }) => {
      if (alarmId === "a") throw new ConnectError("gone", Code.Unavailable);
      throw new ConnectError("moved", Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: { reason: "VERSION_MOVED" } }]);
    });
    const { page } = await strip(routes, (on) => { put(on, "a"); put(on, "b", { incidentId: "", callId: "k" }); });
    for (const alarmId of ["a", "b", "a"]) {
      page.querySelector<HTMLButtonElement>(`[data-alarm="${alarmId}"] .aside button`)?.click();
      await settled(30);
    }
    expect(asked.map(({ alarmId }) => alarmId)).toEqual(["a", "b", "a"]);
    expect(asked[2]?.requestId).toBe(asked[0]?.requestId);
  });

  it("sounds for what a frame brings to a window whose clock stands because nobody sees it", async () => {
    const { on } = await strip(() => undefined, () => undefined);
    await settled(1_700);
    expect(sounding.value).toBeUndefined();
    put(on, "urgent", { code: "CALL_UNANSWERED", incidentId: "", callId: "k" });
    on.picture.shown();
    await settled(100);
    expect(sounding.value).toBe("urgent");
  });

  it("shelves with a reason, keeps the count in sight, and shows again", async () => {
    const { page } = await strip(() => undefined, (on) => put(on, "a"));
    [...page.querySelectorAll<HTMLButtonElement>(".aside button")].at(-1)?.click();
    await appears(page, "dialog");
    const form = [...page.querySelectorAll("form")].at(-1);
    const reason = form?.querySelector("input");
    if (form === undefined || reason == null) throw new Error("nothing to shelve with");
    await write(reason, "known to the desk");
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settled();
    expect(page.querySelectorAll(".alarm")).toHaveLength(0);
    expect(page.textContent).toContain("Shelved: 1");
    page.querySelector<HTMLButtonElement>(".alarms > header button")?.click();
    await appears(page, "dialog");
    expect(page.querySelector("dialog")?.textContent).toContain("known to the desk");
    page.querySelector<HTMLButtonElement>("dialog li button")?.click();
    await settled();
    expect(page.querySelectorAll(".alarm")).toHaveLength(1);
  });

  it("says of which incident the alarms are that it opens, and which desk and unit each is about", async () => {
    const { page } = await strip(() => undefined, (on) => {
      put(on, "a");
      put(on, "b", { stationId: "oktyabrsky" });
      put(on, "c", { stationId: "", unitId: "u21", code: "UNIT_SILENT" });
    });
    [...page.querySelectorAll<HTMLButtonElement>(".aside button")].at(-1)?.click();
    const dialog = await appears(page, "dialog");
    expect(dialog.textContent).toContain("Alarms: № 1043, Fight");
    expect([...dialog.querySelectorAll("li p:first-child")].map((line) => line.textContent?.split(" · ").at(-1))).toEqual(["Leninsky", "oktyabrsky", "21"]);
  });

  it("writes for the supervisor what the contract has no step for, as a note on the incident", async () => {
    const notes: string[] = [];
    const { page } = await strip(({ service }) => {
      service(IncidentService, { addNote: ({ incidentId, text }) => { notes.push(`${incidentId} ${text}`); return {}; } });
    }, (on) => put(on, "a"));
    [...page.querySelectorAll<HTMLButtonElement>(".aside button")].at(-1)?.click();
    await appears(page, "dialog");
    const form = page.querySelector('section[aria-label="Tell the supervisor"] form');
    const text = form?.querySelector("input");
    if (form == null || text == null) throw new Error("nothing to write with");
    await write(text, "no desk answers");
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settled(30);
    expect(notes).toEqual(["i For the supervisor, DESK_UNANSWERED: no desk answers"]);
    expect(page.textContent).toContain("It stands in the incident's notes.");
  });

  it("shows all alarms over the screen for as long as there are any, and not the next one unasked", async () => {
    const { on, page } = await strip(() => undefined, (there) => put(there, "a"));
    const all = (): string | undefined => page.querySelector<HTMLElement>(".alarms")?.dataset["all"];
    const tell = async (change: () => void): Promise<void> => {
      change();
      on.picture.shown();
      await settled();
    };
    const ask = (): Promise<void> => tell(() => { page.dispatchEvent(new KeyboardEvent("keydown", { code: "F9", shiftKey: true, bubbles: true })); });
    await ask();
    expect(all()).toBe("true");
    await tell(() => on.picture.alarms.delete("a"));
    await tell(() => put(on, "b"));
    expect(all()).toBe("false");
    await tell(() => on.picture.alarms.delete("b"));
    await ask();
    await tell(() => put(on, "c"));
    expect(all()).toBe("false");
  });

  it("offers nothing to whoever may do nothing, and shows it all the same", async () => {
    const { page } = await strip(() => undefined, (on) => put(on, "a"), "observer");
    expect(page.querySelectorAll(".alarm")).toHaveLength(1);
    expect([...page.querySelectorAll(".aside button")].map((button) => button.textContent)).toEqual(["More… DESK_UNANSWERED 1043 Fight Leninsky"]);
  });
});
