// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it } from "vitest";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { Picture } from "../picture/picture";
import { directory } from "../testing/surroundings";
import { speak, words } from "../words/words";
import { factsOf, withoutIds, type Reading } from "./facts";

const ID = "0b51f2f0-3c1f-4d7e-9a51-0a3c5f1d2e11";

function read(facts: Record<string, string>): string[] {
  const picture = new Picture();
  picture.incidents.set(ID, create(IncidentSchema, { incidentId: ID, spokenNumber: "1043" }));
  const reading: Reading = { words: words(), language: "ru", places: directory(), picture };
  return factsOf({ facts }, reading).map(({ label, value }) => `${label}: ${value}`);
}

describe("facts", () => {
  beforeEach(() => speak("ru"));

  it("are callsigns, titles, numbers and states as people call them", () => {
    expect(read({ unit: "u21", state: "out_of_service", allowed: "clear,stand_down" })).toEqual(["сейчас: вне службы", "можно: освободить, дать отбой", "наряд: 21"]);
    expect(read({ desk: "leninsky", kind: "patrol", type: "fight", into: ID, role: "crew" }))
      .toEqual(["дежурная часть: Ленинский отдел", "вид: Патруль", "вид происшествия: Драка", "входит в: 1043", "ваша роль: наряд"]);
    expect(read({ expected: "incident", form: "V incident" })).toEqual(["ожидалось: номер происшествия", "вид команды: V incident"]);
  });

  it("say what was done before the rest was refused, and why nothing can be taken back", () => {
    expect(read({ done: "21", refused: "22,23" })).toEqual(["до этого выполнено: 21", "не выполнено: 22,23"]);
    expect(read({ why: "changed_since" })).toEqual(["почему: с тех пор это изменил другой"]);
    expect(read({ role: "crew", allowed: "operator,duty_officer" })).toEqual(["можно: оператор, оперативный дежурный", "ваша роль: наряд"]);
  });

  it("that are times are the centre's", () => {
    expect(read({ earliest: "2026-11-26T08:03:22Z" })).toEqual(["не раньше: 14:03:22"]);
    expect(read({ unit: "u21", state: "assigned", incident: ID, since: "2026-11-26T08:03:22Z" }))
      .toEqual(["сейчас: на выезде", "наряд: 21", "происшествие: 1043", "с какого времени: 14:03:22"]);
  });

  it("and sentences name records as people do, and say no id that belongs to nothing shown", () => {
    const picture = new Picture();
    picture.incidents.set(ID, create(IncidentSchema, { incidentId: ID, spokenNumber: "1043" }));
    const run = ID.replace("0b51", "1b51");
    picture.runs.set(run, create(RunSchema, { runId: run, unitId: "u21" }));
    const reading: Reading = { words: words(), language: "ru", places: directory(), picture };
    expect(withoutIds(`there is no incident ${ID}`, reading)).toBe("there is no incident 1043");
    expect(withoutIds(`run ${run} of unit \`u22\``, reading)).toBe("run 21 of unit 22");
    expect(withoutIds("there is no call 7c0b9d55-53f9-4f7a-8a55-5cf1c5ad2b10", reading)).toBe("there is no call");
    // what the picture does not show, the centre may have said itself
    expect(read({ incident: "7c0b9d55-53f9-4f7a-8a55-5cf1c5ad2b10", incident_number: "1050" })).toEqual(["происшествие: 1050"]);
  });

  it("of a newer centre are shown as they come, and ids that nobody can read are not", () => {
    expect(read({ unit: "u99", state: "levitating" })).toEqual(["сейчас: levitating", "наряд: u99"]);
    expect(read({ incident: "7c0b9d55-53f9-4f7a-8a55-5cf1c5ad2b10", runs: "r", assignment: ID, expected_version: "3", state: "" })).toEqual([]);
  });
});
