// awaits review by a native speaker
import type { Words } from "../en";

export const link: Words["link"] = {
  connecting: "ulanmoqda …",
  live: (seconds) => `aloqa ${seconds} s`,
  liveSaid: "Ekran yana joriy holatni ko‘rsatmoqda.",
  late: (age) => `ma’lumot ${age} oldingi`,
  lateSaid: "Markazdan besh soniyadan ortiq xabar yo‘q.",
  lost: (time) => `Oxirgi to‘g‘ri ma’lumot — ${time}`,
  lostAge: (age) => `${age} oldin`,
  never: "Markaz bilan aloqa yo‘q",
  byVoice: "Telefon yoki radio orqali ishlang. Aloqa tiklanmaguncha buyruqlar yuborilmaydi.",
  resync: (got, of) => (of === undefined ? `yangilanmoqda ${got}` : `yangilanmoqda ${got}/${of}`),
  resyncSaid: "Aloqa tiklandi. Ekran yangilanmoqda.",
  newer: "Konsolning yangi versiyasi tayyor. Joriy chaqiruvni tugatishingiz mumkin.",
  newVersion: "Yangi versiya",
  reload: (build) => `${build} versiyasiga o‘tish`,
  signedOut: "kirilmagan",
  contacts: "Navbatchi qismlar: ovozli aloqa",
  noContacts: "Ma’lumotnoma hali kelmadi: bosma ro‘yxatdan foydalaning.",
  hide: "Ro‘yxatni yashirish",
  show: "Ro‘yxatni ko‘rsatish",
};
