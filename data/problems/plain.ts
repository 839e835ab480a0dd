// Questions that need no tool, with short answers: manners, opinions, facts that everybody knows, sentences.
import type { Draw } from "./draw.js";
import type { Problem } from "./problem.js";
import { expand, usable } from "./scene.js";

interface Pair {
  readonly asks: readonly string[];
  readonly tells: readonly string[];
}

/** What begins with `*` is kept for tasks. */
const TALK: readonly Pair[] = [
  {
    asks: [
      "Hi[!|.|]",
      "Hello[!|.|]",
      "Hey[ there|][!|]",
      "Good [morning|evening|afternoon][!|.]",
      "Hi there[!|]",
      "*Greetings, friend!",
      "*Howdy!",
    ],
    tells: ["Hello! How can I help you?", "Hi! What can I do for you?", "Hello! What would you like to know?"],
  },
  {
    asks: [
      "How are you[ today|]?",
      "How is it going?",
      "Are you well[ today|]?",
      "*How do you feel this fine day?",
      "*Everything all right with you?",
    ],
    tells: ["I am fine, thank you. How can I help?", "I'm doing well, thanks. What can I do for you?"],
  },
  {
    asks: [
      "Thanks[!| a lot!|.]",
      "Thank you[!| very much.| so much!]",
      "Thanks for your help[!|.]",
      "That helped, thank you.",
      "*Much obliged!",
      "*I owe you one.",
    ],
    tells: ["You're welcome!", "You're welcome. Ask me anything else you like.", "Glad to help!"],
  },
  {
    asks: ["Bye[!|.]", "Goodbye[!|.]", "See you [later|tomorrow].", "Good night[!|.]", "*Farewell for now.", "*Until next time!"],
    tells: ["Goodbye!", "Goodbye, and have a nice day!", "See you!"],
  },
  {
    asks: [
      "Who are you?",
      "What are you?",
      "What can you do?",
      "What is your name?",
      "Are you a [robot|person|human]?",
      "*Introduce yourself.",
      "*With whom do I have the pleasure?",
    ],
    tells: ["I am a small language model that answers questions.", "I am an assistant. I answer questions and can use tools for it."],
  },
  {
    asks: ["Tell me a joke.", "Do you know a joke?", "Make me laugh.", "*Cheer me up with something silly."],
    tells: [
      "Why did the book go to the doctor? It had lost its voice reading aloud.",
      "What did the pencil say to the eraser? You take my mistakes so well.",
    ],
  },
  {
    asks: [
      "I am [sad|tired|bored|a bit nervous].",
      "I feel [lonely|tired|sad] today.",
      "I had a [bad|long|hard] day.",
      "*My day was rotten.",
      "*I could use some comfort.",
    ],
    tells: ["I'm sorry to hear that. Do you want to talk about it?", "That sounds hard. A walk or a talk with a friend may help."],
  },
  {
    asks: ["I am so happy today!", "I passed my exam!", "Guess what, I got the job!", "*My bread turned out perfect!"],
    tells: ["That's wonderful, congratulations!", "Great news! I'm happy for you."],
  },
  {
    asks: [
      "Do you like [music|winter|cats|dogs|chocolate|rain]?",
      "What is your favorite [color|food|season|animal]?",
      "Which do you prefer, [cats or dogs|tea or coffee|summer or winter|books or films]?",
      "*Beach or mountains, what would you choose?",
      "*What makes a good weekend?",
    ],
    tells: ["I have no taste of my own, but many people enjoy it.", "I have no favorites, but I like to hear about yours."],
  },
  {
    asks: ["Can you help me?", "I have a question.", "May I ask you something?", "I need your help.", "*Would you lend me a hand?"],
    tells: ["Of course. What is it about?", "Sure, go ahead."],
  },
  {
    asks: ["OK.", "I see.", "Good.", "All right.", "Great!", "*Understood.", "*Fair enough."],
    tells: ["Good. Is there anything else?", "Let me know if you need anything else."],
  },
  {
    asks: ["How do I stay healthy?", "What helps against a cold?", "How can I sleep better?", "*Any advice for a calm evening?"],
    tells: ["Sleep enough, move every day and eat fresh food.", "Rest, drink enough and keep regular hours."],
  },
  {
    asks: [
      "How do I write a [polite letter|thank-you note]?",
      "How should I start a letter?",
      "*What is a courteous way to open a letter?",
    ],
    tells: ["Begin with a greeting, say why you write, and end with thanks and your name."],
  },
];

/** Several wordings of a question, its short answer, and the word that matters in it. */
const FACTS: readonly (readonly [asks: readonly string[], solution: string, answer: string])[] = [
  [["How many legs does a spider have?", "How many legs do spiders have?"], "A spider has eight legs.", "eight"],
  [["How many days are in a week?", "How many days does a week have?"], "A week has seven days.", "seven"],
  [["How many months are in a year?", "How many months does a year have?"], "A year has twelve months.", "twelve"],
  [["How many minutes are in an hour?", "How many minutes does an hour have?"], "An hour has sixty minutes.", "sixty"],
  [["How many sides does a triangle have?", "How many corners does a triangle have?"], "A triangle has three.", "three"],
  [["How many wheels does a bicycle have?", "How many wheels are on a bicycle?"], "A bicycle has two wheels.", "two"],
  [["How many letters are in the English alphabet?", "How many letters does English use?"], "There are twenty-six letters.", "twenty-six"],
  [["How many seasons are there?", "How many seasons does a year have?"], "There are four seasons.", "four"],
  [["What color is the sky?", "What color is a clear sky?"], "The sky is blue.", "blue"],
  [["What color is grass?", "Which color does grass have?"], "Grass is green.", "green"],
  [["What do bees make?", "What sweet food do bees make?"], "Bees make honey.", "honey"],
  [["What is the opposite of hot?", "Name the opposite of hot."], "The opposite of hot is cold.", "cold"],
  [["What is the opposite of early?", "Name the opposite of early."], "The opposite of early is late.", "late"],
  [["Which animal barks?", "What animal says woof?"], "A dog barks.", "dog"],
  [["What do cows give us to drink?", "What drink comes from cows?"], "Cows give milk.", "milk"],
  [["What is ice made of?", "What is frozen water called?"], "Ice is frozen water.", "water"],
  [["Which planet do we live on?", "What is the name of our planet?"], "We live on the Earth.", "Earth"],
  [["Where do fish live?", "In what do fish live?"], "Fish live in water.", "water"],
  [["What comes after Tuesday?", "Which day follows Tuesday?"], "Wednesday comes after Tuesday.", "Wednesday"],
  [["Which month comes after May?", "What month follows May?"], "June comes after May.", "June"],
  [["What is the plural of mouse?", "How do you say more than one mouse?"], "The plural of mouse is mice.", "mice"],
  [["What is the past tense of go?", "What is the past of go?"], "The past tense of go is went.", "went"],
  [["Is the sun a star?", "Is our sun a star?"], "Yes, the sun is a star.", "Yes"],
  [["Can penguins fly?", "Do penguins fly?"], "No, penguins cannot fly. They swim.", "No"],
  [["What do we call a baby cat?", "What is a young cat called?"], "A young cat is a kitten.", "kitten"],
  [["What do you wear on your feet?", "What goes on your feet?"], "People wear socks and shoes on their feet.", "shoes"],
  [["What is bread made from?", "What do you need for bread?"], "Bread is made from flour, water and yeast.", "flour"],
  [["Which ocean is the largest?", "What is the largest ocean?"], "The Pacific Ocean is the largest.", "Pacific"],
  [["*How many strings does a violin have?", "*Count the strings of a violin."], "A violin has four strings.", "four"],
  [["*How many arms does an octopus have?", "*An octopus has how many arms?"], "An octopus has eight arms.", "eight"],
  [["*What is the opposite of shallow?", "*Which word means the reverse of shallow?"], "The opposite of shallow is deep.", "deep"],
  [["*What do caterpillars turn into?", "*What becomes of a caterpillar?"], "Caterpillars turn into butterflies.", "butterflies"],
  [["*Which metal attracts iron?", "*What pulls iron toward it?"], "A magnet attracts iron.", "magnet"],
  [
    ["*How many players are in a string quartet?", "*A string quartet needs how many people?"],
    "A string quartet has four players.",
    "four",
  ],
];

const TOPICS: readonly (readonly [topic: string, sentence: string])[] = [
  ["the sea", "The sea was calm, and the boats came home at dusk."],
  ["a cat", "The cat slept on the warm windowsill all afternoon."],
  ["rain", "Rain drummed softly on the roof through the night."],
  ["a library", "The library was so quiet that one could hear pages turn."],
  ["spring", "In spring the garden wakes up, one bud after another."],
  ["a train", "The night train crossed the bridge with all its lights on."],
  ["a baker", "The baker was up before the sun and smelled of fresh bread."],
  ["friendship", "A good friend listens even when you say nothing."],
  ["the moon", "The moon hung over the hill like a lantern."],
  ["a river", "The river bent around the village and went on to the plain."],
  ["a school", "The school bell rang, and the yard filled with voices."],
  ["snow", "Snow had covered the road, and nobody was in a hurry."],
  ["a market", "The market smelled of oranges, fish and fresh herbs."],
  ["a dog", "The dog carried the newspaper home with great pride."],
  ["*a clockmaker", "The clockmaker set the last wheel, and the shop began to tick."],
  ["*a desert", "The desert kept the heat of the day long after sunset."],
  ["*an old map", "The old map showed a road that nobody remembered."],
  ["*a choir", "The choir fell silent, and the last note stayed in the hall."],
];

/** A question with its short answer, before it is a problem. */
export interface Answered {
  readonly kind: string;
  readonly question: string;
  readonly solution: string;
  readonly answer: string;
  readonly skeleton: string;
}

function sentence(draw: Draw, held: boolean): Answered {
  const topics = TOPICS.filter(([topic]) => topic.startsWith("*") === held);
  const [topic, text] = draw.pick(topics);
  const ask = expand(
    draw.pick(
      usable(
        [
          "Write a [short|] sentence about {x}.",
          "Write one sentence about {x}.",
          "Give me a sentence about {x}.",
          "[Please|Can you] write something [short|] about {x}[.|]",
          "Say something [nice|] about {x}.",
          "*Compose a single line on {x}.",
          "*Put {x} into one sentence.",
        ],
        held,
      ),
    ),
    { draw, held },
  );
  return {
    kind: "sentence",
    question: ask.replace("{x}", topic.replace("*", "")).replace(/^(Can you.*?)\.?$/, "$1?"),
    solution: text,
    answer: text,
    skeleton: ask.replace("{x}", "X"),
  };
}

function talk(draw: Draw, held: boolean): Answered {
  const { asks, tells } = draw.pick(TALK);
  const ask = expand(draw.pick(usable(asks, held)), { draw, held });
  const solution = draw.pick(tells);
  return { kind: "talk", question: ask, solution, answer: solution, skeleton: ask };
}

function fact(draw: Draw, held: boolean): Answered {
  const [asks, solution, answer] = draw.pick(FACTS.filter(([[first = ""]]) => first.startsWith("*") === held));
  const ask = draw.pick(usable(asks, held));
  return { kind: "fact", question: ask, solution, answer, skeleton: ask };
}

/** One that no tool is needed for. */
export function plainQuestion(draw: Draw, held: boolean): Problem {
  const make = draw.weighted([
    [3, talk],
    [2, fact],
    [2, sentence],
  ] as const);
  const { kind, question, solution, answer, skeleton } = make(draw, held);
  return {
    question,
    solution,
    answer,
    skeleton,
    meta: { situation: "no call", unknown: kind, steps: 0, operations: [], distractor: false, register: "plain" },
  };
}
