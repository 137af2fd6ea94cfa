// @vitest-environment happy-dom
// Times, days and numbers as each language writes them, by tables of our own: the browser's claim languages that they do not have.
import { describe, expect, it } from "vitest";
import { LANGUAGES, type Language } from "./languages";
import { plural } from "./plural";
import { day, hourMinute, span, timeOfDay } from "./time";
import { speak, words } from "./words";

const ZONE = "Asia/Bishkek";
/** Thursday, 26 November 2026, 23:59:58 in Bishkek. */
const LATE = Date.UTC(2026, 10, 26, 17, 59, 58);

describe("times", () => {
  it("are those of the centre's zone and not of the browser's", () => {
    expect(timeOfDay(LATE, ZONE)).toBe("23:59:58");
    expect(hourMinute(LATE, ZONE)).toBe("23:59");
    expect(timeOfDay(LATE + 2_000, ZONE)).toBe("00:00:00");
    expect(timeOfDay(LATE, "UTC")).toBe("17:59:58");
  });

  it.each([[0, "0:00"], [999, "0:00"], [250_000, "4:10"], [3_599_000, "59:59"], [3_850_000, "1:04:10"], [-5_000, "0:00"]])("%i ms are %s", (milliseconds, said) => {
    expect(span(milliseconds)).toBe(said);
  });

  it.each<[Language, string, string]>([
    ["en", "Thursday, 26 November 2026", "Friday, 27 November 2026"],
    ["ru", "четверг, 26 ноября 2026 г.", "пятница, 27 ноября 2026 г."],
    ["ky", "бейшемби, 2026-ж. 26-ноябрь", "жума, 2026-ж. 27-ноябрь"],
    ["uz", "payshanba, 26-noyabr 2026-y.", "juma, 27-noyabr 2026-y."],
    ["uz-Cyrl", "пайшанба, 26-ноябрь 2026-й.", "жума, 27-ноябрь 2026-й."],
  ])("a day in %s changes at the centre's midnight", async (language, before, after) => {
    await speak(language);
    expect(day(LATE, ZONE)).toBe(before);
    expect(day(LATE + 2_000, ZONE)).toBe(after);
  });

  it.each(Object.keys(LANGUAGES) as Language[])("%s has seven days and twelve months of its own, no two alike", async (language) => {
    await speak(language);
    const { weekdays, months } = words().common;
    expect(new Set(weekdays).size).toBe(7);
    expect(new Set(months).size).toBe(12);
    expect(document.documentElement.lang).toBe(language);
  });
});

describe("plurals", () => {
  it.each([
    [0, "нарядов"], [1, "наряд"], [2, "наряда"], [4, "наряда"], [5, "нарядов"], [11, "нарядов"], [12, "нарядов"], [14, "нарядов"], [20, "нарядов"], [21, "наряд"],
    [22, "наряда"], [25, "нарядов"], [101, "наряд"], [111, "нарядов"], [112, "нарядов"], [1_002, "наряда"],
  ])("%i %s", (count, form) => {
    expect(plural.ru(count, "наряд", "наряда", "нарядов")).toBe(form);
  });

  it("one in English is one", () => {
    expect([0, 1, 2].map((count) => plural.en(count, "unit", "units"))).toEqual(["units", "unit", "units"]);
  });

  it("Kyrgyz and Uzbek count with the singular", async () => {
    await speak("ky");
    expect(words().common.unitsCounted(5)).toBe("5 наряд");
    await speak("uz");
    expect(words().common.unitsCounted(5)).toBe("5 ta naryad");
  });
});
