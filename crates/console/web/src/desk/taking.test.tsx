// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeEach, expect, test } from "vitest";
import { IntakeService, TakeCallResponseSchema } from "../contract/kezek/intake/v1/intake_service_pb";
import { NOW, settled, show, stage } from "../testing/surroundings";
import { Cards } from "./cards";
import { DeskProvider, deskState, type DeskState } from "./state";
import { useTaking, type Taking } from "./taking";

let taking: Taking;

function Takes() {
  taking = useTaking();
  return null;
}

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "/desk");
});

/** A desk with a card that was filled in, at a centre that takes it once the test lets it. */
async function desk(): Promise<{ readonly desk: DeskState; answer(): void }> {
  let answer = (): void => undefined;
  const waits = new Promise<void>((free) => { answer = free; });
  const on = stage(({ service }) => service(IntakeService, {
    takeCall: async () => {
      await waits;
      return create(TakeCallResponseSchema, { callId: "c", incidentId: "i-new", spokenNumber: "1044" });
    },
  }));
  const made = deskState(new Cards(on.console.session, () => NOW));
  made.cards.change(made.cards.front.value.id, { narrative: "кричат" });
  await show(on, <DeskProvider value={made}><Takes /></DeskProvider>);
  return { desk: made, answer };
}

test("a call that was taken shows the incident that it led to", async () => {
  const { desk: made, answer } = await desk();
  void taking.take(true);
  answer();
  await settled(20);
  expect(made.cards.front.value.stage).toBe("taken");
  expect(made.selected.value).toBe("i-new");
});

test("it does not take away what is being entered about another incident", async () => {
  const { desk: made, answer } = await desk();
  made.select("i-other");
  void taking.take(true);
  made.begin({ what: "note" });
  answer();
  await settled(20);
  expect(made.cards.front.value.stage).toBe("taken");
  expect(made.selected.value).toBe("i-other");
  expect(made.action.value).toEqual({ what: "note" });
});
