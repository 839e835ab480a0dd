import type { Example } from "../tool.js";

/** Demonstrations, into English but for the last ones. A test holds the calls to what can be read as calls, and the languages to themselves. */
export const examples: readonly Example[] = [
  { question: "What does Schmetterling mean in English?", text: "In English it means [MT(Schmetterling) → butterfly] butterfly." },
  {
    question: 'Translate "la lune est pleine" into English.',
    text: "In English that is: [MT(la lune est pleine) → the moon is full] the moon is full.",
  },
  { question: "How do you say desayuno in English?", text: "You say [MT(desayuno) → breakfast] breakfast." },
  {
    question: "I was told «Dov'è la stazione?». What does that mean?",
    text: "It means: [MT(Dov'è la stazione?) → Where is the station?] Where is the station?",
  },
  { question: "What is the English for fiets?", text: "The English for fiets is [MT(fiets) → bicycle] bicycle." },
  { question: "A sign says Ausgang. What is it?", text: "It says [MT(Ausgang) → exit] exit." },
  {
    question: "Please translate: Ele mora perto do rio.",
    text: "[MT(Ele mora perto do rio.) → He lives near the river.] He lives near the river.",
  },
  { question: "What's the meaning of the Swedish word snö?", text: "It means [MT(snö) → snow] snow." },
  { question: "Can you tell me what спокойной ночи means?", text: "It means [MT(спокойной ночи) → good night] good night." },
  { question: 'My host said "bardzo dobrze". What was that?', text: "That was [MT(bardzo dobrze) → very good] very good." },
  { question: "How would you put 'cansado' in English?", text: "In English: [MT(cansado) → tired] tired." },
  { question: "Turn «Wir sind zu spät» into English.", text: "In English: [MT(Wir sind zu spät) → We are too late] We are too late." },
  { question: "How do you say window in French?", text: "In French it is [MT(window, to: French) → fenêtre] fenêtre." },
  {
    question: 'Translate "the last train" into German.',
    text: "In German: [MT(the last train, to: German) → der letzte Zug] der letzte Zug.",
  },
  { question: "What is bread in Spanish?", text: "Bread in Spanish is [MT(bread, to: Spanish) → pan] pan." },
  { text: "On the door stood « Défense d'entrer », which means [MT(Défense d'entrer) → no entry] no entry, and nobody went in." },
  { text: "She called it her Fernweh, her [MT(Fernweh) → wanderlust] wanderlust, and packed." },
  { text: "The waiter brought the cuenta, the [MT(cuenta) → bill] bill, without being asked." },
];
