// What times and numbers look like in English, as sources of regular expressions (flag `u`).

const MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
const ORDINAL =
  "(?:\\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth|fifteenth|twentieth|last|thirty-first)";
const SEASON = "(?:spring|summer|autumn|winter|fall)";
const YEARS = "(?:1\\d{3}|20\\d\\d)";
export const DATES: readonly string[] = [
  `(?:the )?${ORDINAL}(?: of)? ${MONTH}(?:,? ${YEARS})?`,
  `${MONTH} ${ORDINAL}(?:,? ${YEARS})?`,
  `(?:(?:at|in|by) )?the (?:end|beginning|start|middle) of (?:the )?(?:${MONTH}|year|month|week|${SEASON}|${YEARS})`,
  `(?:early |late |mid-)?${MONTH}(?:,? ${YEARS})?(?:(?: to | until |–| and )${MONTH})?`,
  `(?:the )?${SEASON}(?: of ${YEARS})?`,
  `${YEARS}(?:\\s?[-–]\\s?${YEARS}|s)?`,
  "\\d{4}-\\d\\d-\\d\\d",
  "(?:the )?(?:early |late |mid-)?(?:\\d{1,2}(?:st|nd|rd|th)|nineteenth|eighteenth|twentieth|seventeenth|sixteenth) century",
  "(?:\\w+|a few) (?:days?|weeks?|months?|years?|hours?) (?:ago|later|before|after|ahead)",
  "\\b(?:yesterday|today|tomorrow|Christmas|Easter|midsummer|New Year)\\b",
];
export const YEAR: readonly string[] = [`${YEARS}(?:\\s?[-–]\\s?${YEARS})?`];
const HOUR = "(?:\\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
export const CLOCK: readonly string[] = [
  `(?:half past|quarter past|quarter to|ten past|ten to|twenty past|twenty to) ${HOUR}`,
  `\\d{1,2}[:.]\\d\\d(?: ?[ap]\\.?m\\b\\.?)?`,
  `${HOUR}(?: ?[ap]\\.?m\\b\\.?| o'clock| in the (?:morning|evening|afternoon))`,
  "(?:noon|midnight|midday|dawn|dusk|sunrise|sunset)",
];
export const WEEKDAYS: readonly string[] = [
  "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?(?: (?:mornings?|afternoons?|evenings?|nights?))?",
  "weekends?|weekdays",
];
export const FREQUENCY: readonly string[] = [
  "every (?:other |second |third |\\d+ |\\w+ )?\\w+",
  "(?:once|twice|\\w+ times) (?:a|an|per|each|every) (?:\\d+ )?\\w+",
  "(?:daily|weekly|monthly|yearly|annually|hourly|never|always)",
  "each (?:day|week|month|year|morning|evening)",
];
export const QUOTED: readonly string[] = ['(?<=[“"«])[^”"»]{2,60}(?=[”"»])'];

export const NUMERAL =
  "(?:[-−]?\\p{Sc}? ?\\d[\\d,]*(?:\\.\\d+)?(?:%| ?\\p{Sc})?|(?:minus )?(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a )?hundred|(?:a )?thousand|million|billion|half|dozen)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million|billion))*)";
/** None, or one. */
export const UNITS =
  "(?: ?(?:km²|m²|km|cm|mm|kg|°C|°F)(?![\\p{L}])| (?:square |cubic )?(?:kilomet|met|centimet|millimet|lit)(?:re|er)s?| (?:miles?|feet|foot|inch(?:es)?|yards?|pounds?|euros?|dollars?|pence|cents?|francs?|kilos?|kilograms?|grams?|tons?|tonnes?|ounces?|degrees?|percent|per cent|seconds?|minutes?|hours?|days?|weeks?|months?|years?|people|times|knots|hectares?|acres?|watts?|volts?))?";
