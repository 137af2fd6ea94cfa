// awaits review by a native speaker
import type { Words } from "../en";

export const link: Words["link"] = {
  connecting: "уланмоқда …",
  live: (seconds) => `алоқа ${seconds} с`,
  liveSaid: "Экран яна жорий ҳолатни кўрсатмоқда.",
  late: (age) => `маълумот ${age} олдинги`,
  lateSaid: "Марказдан беш сониядан ортиқ хабар йўқ.",
  lost: (time) => `Охирги тўғри маълумот — ${time}`,
  lostAge: (age) => `${age} олдин`,
  never: "Марказ билан алоқа йўқ",
  byVoice: "Телефон ёки радио орқали ишланг. Алоқа тикланмагунча буйруқлар юборилмайди.",
  resync: (got, of) => (of === undefined ? `янгиланмоқда ${got}` : `янгиланмоқда ${got}/${of}`),
  resyncSaid: "Алоқа тикланди. Экран янгиланмоқда.",
  newer: "Консолнинг янги версияси тайёр. Жорий чақирувни тугатишингиз мумкин.",
  newVersion: "Янги версия",
  reload: (build) => `${build} версиясига ўтиш`,
  signedOut: "кирилмаган",
  contacts: "Навбатчи қисмлар: овозли алоқа",
  noContacts: "Маълумотнома ҳали келмади: босма рўйхатдан фойдаланинг.",
  hide: "Рўйхатни яшириш",
  show: "Рўйхатни кўрсатиш",
};
