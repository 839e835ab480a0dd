// Who acts in a problem. Every third list is kept for the held-out tasks.
import type { Draw } from "./draw.js";

/** `I` stands for the asker, who is `you` in the solution. */
export type Person = "she" | "he" | "it" | "they" | "I";

export interface Actor {
  /** At the first mention: `Ann`, `a farmer`. */
  readonly first: string;
  /** Later: `Ann`, `the farmer`. */
  readonly again: string;
  readonly person: Person;
  /** Masked as a name. */
  readonly named: boolean;
}

const WOMEN =
  "Ann Maria Fatima Mei Priya Ingrid Amara Sofia Leila Yuki Olga Chloe Zainab Lucia Hana Nadia Aisha Elena Grace Ines Linh Noor Petra Rosa Sana Tara Uma Vera Wanjiru Ximena Yasmin Zoe Abena Beatriz Carmen Dalia Esther Farah Gita Helga Ivana Jun Kavita Lerato Miriam Nkechi Odette Paula Rania Silvia Thandi Ulrika Valentina Wen Anya Bridget Camila Deepa Eleni Freya Gloria Hoa Isla Jasmine Kezia Lola Marta Nina Oksana Pilar Ruth Selma Tuyet Violet Adaeze Bettina Clara Dina Emma Julia Molly Kate Sara".split(
    " ",
  );
const MEN =
  "Tom Ahmed Wei Carlos Ravi Lars Kofi Marco Omar Hiroshi Ivan Pierre Yusuf Diego Jin Karim Samuel Andrei Ben Mateo Minh Ali Pavel Jorge Imran Arjun Bao Viktor Kamau Rodrigo Tariq Leo Kwame Thiago Dmitri Eduardo Felix George Hassan Igor Jakub Kenji Liam Musa Nikhil Oscar Pedro Quang Rashid Stefan Tunde Ulrich Vincent Walter Xavier Yaw Zoltan Abdul Bruno Chidi Daniel Emeka Farid Gustav Hugo Ismail Javier Kiran Luca Mehdi Noah Otto Paolo Reza Sanjay Tomas Uri Anton Bilal Cesar David Jack Peter Max Sam".split(
    " ",
  );
const HELD_WOMEN =
  "Saoirse Oluchi Mirela Hyejin Parvati Solveig Itzel Zuleika Annika Temperance Makena Ludmila Naoko Rosalind Shirin Tamsin Wilhelmina Yaretzi Sunniva Ottilie".split(
    " ",
  );
const HELD_MEN =
  "Bartholomew Oluwaseun Miroslav Seojun Raghav Torsten Cuauhtemoc Idris Anselm Percival Kipchoge Yevgeny Takumi Alistair Behrouz Lachlan Wolfgang Ezequiel Sigurd Leopold".split(
    " ",
  );
const SURNAMES =
  "Okafor Silva Novak Tanaka Haddad Jensen Patel Moreau Kim Garcia Mbeki Rossi Nguyen Yilmaz Cohen Weber Lindqvist Santos Ali Murphy Kaya Dubois Sato Popescu".split(
    " ",
  );
const HELD_SURNAMES = "Abernathy Szymanski Quispe Thorvaldsen Achebe Bhattacharya Vandenberg Katsaros".split(" ");

const KIN: readonly (readonly [string, Person])[] = [
  ["brother", "he"],
  ["sister", "she"],
  ["uncle", "he"],
  ["aunt", "she"],
  ["mother", "she"],
  ["father", "he"],
  ["cousin", "she"],
  ["grandfather", "he"],
  ["grandmother", "she"],
  ["neighbor", "he"],
];

/** Somebody with a name. */
function named(draw: Draw, held: boolean, person: "she" | "he"): Actor {
  if (draw.chance(0.1)) {
    const title = person === "he" ? "Mr." : draw.pick(["Ms.", "Mrs."]);
    const name = `${title} ${draw.pick(held ? HELD_SURNAMES : SURNAMES)}`;
    return { first: name, again: name, person, named: true };
  }
  const name = draw.pick(held ? (person === "she" ? HELD_WOMEN : HELD_MEN) : person === "she" ? WOMEN : MEN);
  return { first: name, again: name, person, named: true };
}

/** The one a problem is about: a person with a name, one with a role, two people, a relative, or the asker. */
export function lead(draw: Draw, held: boolean, roles: readonly string[] = []): Actor {
  const person = draw.pick(["she", "he"] as const);
  return draw.weighted<() => Actor>([
    [64, () => named(draw, held, person)],
    [roles.length > 0 ? 16 : 0, () => role(draw.pick(roles), person)],
    [6, () => couple(draw, held)],
    [6, () => relative(draw, held)],
    [8, () => ({ first: "I", again: "I", person: "I", named: false })],
  ])();
}

function role(title: string, person: "she" | "he"): Actor {
  const article = /^[aeiou]/.test(title) ? "an" : "a";
  return { first: `${article} ${title}`, again: `the ${title}`, person, named: false };
}

function couple(draw: Draw, held: boolean): Actor {
  const [one, other] = [named(draw, held, "she"), named(draw, held, "he")];
  const both = draw.chance(0.5) ? `${one.first} and ${other.first}` : `${other.first} and ${one.first}`;
  return { first: both, again: both, person: "they", named: true };
}

function relative(draw: Draw, held: boolean): Actor {
  const [kin, person] = draw.pick(KIN);
  const whose = draw.chance(0.4) ? "my" : `${named(draw, held, "she").first}'s`;
  return { first: `${whose} ${kin}`, again: `${whose} ${kin}`, person, named: true };
}

/** Others beside the lead, with names of their own. The first is never of the lead's gender, so that a pronoun means the lead. */
export function others(draw: Draw, held: boolean, leader: Actor): { B: Actor; C: Actor } {
  const person = leader.person === "she" ? "he" : leader.person === "he" ? "she" : draw.pick(["she", "he"] as const);
  for (;;) {
    const [B, C] = [named(draw, held, person), named(draw, held, person)];
    const names = [B, C].map(({ first }) => first.split(" ").at(-1)!);
    if (names[0] !== names[1] && !names.some((name) => leader.first.includes(name))) return { B, C };
  }
}
