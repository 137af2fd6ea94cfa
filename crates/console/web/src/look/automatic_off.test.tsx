// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { AutomaticDispatch, DispatchSchema } from "../contract/kezek/record/v1/centre_pb";
import { show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { AutomaticOff } from "./automatic_off";

beforeAll(async () => { await speak("en"); });

async function shownWith(automatic: AutomaticDispatch): Promise<string | null> {
  const on = stage(() => undefined);
  on.picture.dispatch = create(DispatchSchema, { automatic, switchedBy: "demo.supervisor", reason: "drill" });
  return (await show(on, <AutomaticOff />)).textContent;
}

test("it says that nothing is sent by itself, who switched it off and why", async () => {
  expect(await shownWith(AutomaticDispatch.OFF)).toBe("▲ Automatic sending is off by demo.supervisor — drill");
});

test("while the centre sends by itself there is nothing to see", async () => {
  expect(await shownWith(AutomaticDispatch.ON)).toBe("");
});
