// Which form of a word a number takes. Kyrgyz and Uzbek count with the singular; Russian has three forms.

/** Picks the form for a count. */
export const plural = {
  /** `наряд`, `наряда`, `нарядов`: as for 1, 2 and 5. */
  ru(count: number, one: string, few: string, many: string): string {
    const [tens, units] = [count % 100, count % 10];
    if (units === 1 && tens !== 11) return one;
    return units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many;
  },
  en: (count: number, one: string, many: string): string => (count === 1 ? one : many),
};
