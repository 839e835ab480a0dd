import type { Example } from "../tool.js";

/** Demonstrations, all of them of the offline reference. A test runs every call. */
export const examples: readonly Example[] = [
  {
    question: "What is the capital of Nepal?",
    text: 'The capital of Nepal is [QA(What is the capital of Nepal?) → Kathmandu: "Kathmandu is the capital of Nepal." (country:NPL)] Kathmandu.',
  },
  {
    question: "Who invented the telephone?",
    text: 'The telephone was invented by [QA(Who invented the telephone?) → Alexander Graham Bell: "8. (noun) Alexander Graham Bell: United States inventor (born in Scotland) of the telephone (1847-1922)." (word:bell)] Alexander Graham Bell.',
  },
  {
    question: "Which money do people use in Chile?",
    text: 'In Chile people use the [QA(Which money do people use in Chile?) → Chilean peso: "The Chilean peso (CLP) is the currency of Chile." (country:CHL)] Chilean peso.',
  },
  {
    question: "When did Jane Austen live?",
    text: 'Jane Austen lived [QA(When did Jane Austen live?) → 1775-1817: "Jane Austen: 1. (noun) English novelist noted for her insightful portrayals of middle-class families (1775-1817)." (word:jane_austen)] 1775-1817.',
  },
  {
    question: "Tell me what arduous means.",
    text: 'It means [QA(What does arduous mean?) → characterized by effort to the point of exhaustion; especially physical effort: "arduous: 1. (adjective) characterized by effort to the point of exhaustion; especially physical effort." (word:arduous)] characterized by effort to the point of exhaustion; especially physical effort.',
  },
  {
    question: "Bern is the capital of which country?",
    text: 'Bern is the capital of [QA(Bern is the capital of which country?) → Switzerland: "Bern is the capital of Switzerland." (country:CHE)] Switzerland.',
  },
  {
    question: "How big is Norway?",
    text: 'The area of Norway is [QA(How big is Norway?) → 323,802 km²: "323,802 km² is the area of Norway." (country:NOR)] 323,802 km².',
  },
  {
    question: "What languages do they speak in Kenya?",
    text: 'In Kenya they speak [QA(What languages do they speak in Kenya?) → English and Swahili: "English and Swahili are the official languages of Kenya." (country:KEN)] English and Swahili.',
  },
  {
    question: "Name the countries that Spain borders.",
    text: 'Spain borders [QA(Which countries border Spain?) → Andorra, France, Gibraltar, Morocco and Portugal: "Andorra, France, Gibraltar, Morocco and Portugal border Spain." (country:ESP)] Andorra, France, Gibraltar, Morocco and Portugal.',
  },
  {
    question: "What continent is Laos on?",
    text: 'Laos is in [QA(What continent is Laos on?) → Asia: "Laos is in Asia (South-Eastern Asia)." (country:LAO)] Asia.',
  },
  {
    question: "Who was the composer of the Messiah?",
    text: 'The Messiah was composed by [QA(Who composed the Messiah?) → George Frederick Handel: "Handel: 1. (noun) George Frederick Handel: a prolific British baroque composer (born in Germany) remembered best for his oratorio Messiah (1685-1759)." (word:handel)] George Frederick Handel.',
  },
  {
    question: "Whereabouts is Ghana?",
    text: 'Ghana is in [QA(Where is Ghana?) → Africa: "Ghana is in Africa (Western Africa)." (country:GHA)] Africa.',
  },
  {
    question: "Who first discovered oxygen?",
    text: 'Oxygen was discovered by [QA(Who discovered oxygen?) → Karl Wilhelm Scheele: "Scheele: 1. (noun) Karl Wilhelm Scheele: Swedish chemist (born in Germany) who discovered oxygen before Priestley did (1742-1786)." (word:scheele)] Karl Wilhelm Scheele.',
  },
  {
    question: "Do you know what an altimeter is?",
    text: 'It is [QA(What is an altimeter?) → an instrument that measures the height above ground: "altimeter: 1. (noun) an instrument that measures the height above ground; used in navigation." (word:altimeter)] an instrument that measures the height above ground.',
  },
  {
    question: "What is the Danish currency?",
    text: 'The Danish currency is the [QA(What is the Danish currency?) → Danish krone: "The Danish krone (DKK) is the currency of Denmark." (country:DNK)] Danish krone.',
  },
  {
    question: "In which years did Isaac Newton live?",
    text: 'Isaac Newton lived [QA(When did Isaac Newton live?) → 1642-1727: "Isaac Newton: 1. (noun) Sir Isaac Newton: English mathematician and physicist; remembered for developing the calculus and for his law of gravitation and his three laws of motion (1642-1727)." (word:isaac_newton)] 1642-1727.',
  },
  {
    text: 'The ferry crosses to Tallinn, the capital of [QA(Tallinn is the capital of which country?) → Estonia: "Tallinn is the capital of Estonia." (country:EST)] Estonia, in two hours.',
  },
  {
    text: 'In Hungary the tickets are paid in [QA(What is the currency of Hungary?) → Hungarian forint: "The Hungarian forint (HUF) is the currency of Hungary." (country:HUN)] Hungarian forint.',
  },
  {
    text: 'In her bag was a hygrometer, [QA(What is a hygrometer?) → measuring instrument for measuring the relative humidity of the atmosphere: "hygrometer: 1. (noun) measuring instrument for measuring the relative humidity of the atmosphere." (word:hygrometer)] measuring instrument for measuring the relative humidity of the atmosphere, wrapped in a scarf.',
  },
];
