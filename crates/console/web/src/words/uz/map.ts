// awaits review by a native speaker
import type { Words } from "../en";

export const map: Words["map"] = {
  stage: "Markaz xaritasi",
  keys: (next) => `Strelkalar nishonni suradi, Shift bilan — uzoqroqqa. Page Up yaqinlashtiradi, Page Down uzoqlashtiradi, Home hammasini ko‘rsatadi, ${next} — keyingi hodisa.`,
  keysSelect: "Enter nishon ostidagi hodisani tanlaydi.",
  keysPick: "Enter nishon ostidagi joyni oladi; Shift va Enter — hodisa bor joyda ham.",
  fit: "Hammasini ko‘rsatish",
  nearer: "Yaqinroq",
  farther: "Uzoqroq",
  toSelected: "Tanlangan hodisani ko‘rsatish",
  signs: "Belgilar",
  lacksUnits: "naryad yetishmaydi",
  hasUnits: "naryadlar tayinlangan",
  fade: "Qanchalik xira bo‘lsa, joyi shunchalik eski",
  dashed: "Uzuq chiziq: 2 daqiqadan eski",
  ring: "Doira: uning ichida bir joyda",
  measured: (age) => `${age} oldin aniqlangan`,
  within: (metres) => `${metres} doirasida`,
  unitsNowhere: (count) => `joyi noma’lum ${count} ta naryad`,
  incidentsNowhere: (count) => `joyi noma’lum ${count} ta hodisa`,
  incidents: (count) => `${count} ta hodisa`,
  taken: (place) => `Joy olindi: ${place}`,
  noStreets: "Ko‘chalarni bu yerda ko‘rsatib bo‘lmaydi; tumanlar ko‘rsatildi.",
  inWords: "Xarita so‘z bilan",
  onMap: (incidents, units) => `Xaritada: ${incidents}, ${units}.`,
  mostUrgent: "Eng shoshilinchlari birinchi",
};
