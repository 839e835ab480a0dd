import type { Example } from "../tool.js";

/**
 * Varied in wording and operation, because demonstrations are chosen by their likeness to a question. The text before a call repeats
 * words of the question, and a call repeats its numbers as they are written there: what a small model can do.
 */
export const examples: readonly Example[] = [
  // Arithmetic
  { question: "What is 26 times 14?", text: "26 times 14 is [Calculator(26*14) → 364] 364." },
  { question: "What is 53*29?", text: "53*29 is [Calculator(53*29) → 1537] 1537." },
  { question: "Calculate 418 + 367.", text: "418 + 367 is [Calculator(418 + 367) → 785] 785." },
  { question: "How much is 905 minus 648?", text: "905 minus 648 is [Calculator(905-648) → 257] 257." },
  { question: "What is 1,512 divided by 36?", text: "1,512 divided by 36 is [Calculator(1,512/36) → 42] 42." },
  { question: "What's 7.5 x 6.4?", text: "7.5 x 6.4 is [Calculator(7.5 x 6.4) → 48] 48." },
  { question: "Calculate 12.5 * 8.", text: "12.5 * 8 is [Calculator(12.5 * 8) → 100] 100." },
  { question: "What is (8 + 7) * 12?", text: "(8 + 7) * 12 is [Calculator((8 + 7) * 12) → 180] 180." },
  { question: "What do you get when you add 3,400 and 965?", text: "The answer is [Calculator(3,400 + 965) → 4365] 4365." },
  { question: "Compute (19 + 23) * 6.", text: "(19 + 23) * 6 is [Calculator((19 + 23) * 6) → 252] 252." },
  { question: "What is the sum of 148, 275 and 96?", text: "The sum of 148, 275 and 96 is [Calculator(148+275+96) → 519] 519." },
  { question: "Subtract 258 from 1000.", text: "258 subtracted from 1000 is [Calculator(1000-258) → 742] 742." },
  { question: "What is the remainder when 100 is divided by 7?", text: "The remainder is [Calculator(100 mod 7) → 2] 2." },
  { question: "What is half of 374?", text: "Half of 374 is [Calculator(374/2) → 187] 187." },

  // Percentages
  { question: "What is 18% of 350?", text: "18% of 350 is [Calculator(18% of 350) → 63] 63." },
  { question: "How much is 6 percent of 1,450?", text: "6 percent of 1,450 is [Calculator(6% of 1,450) → 87] 87." },
  {
    question: "A jacket costs $80 and is 35% off. What is the new price?",
    text: "The new price is [Calculator(80 - 35%) → 52] 52 dollars.",
  },
  {
    question: "A bag costs $90 and is 20% off. What is the sale price?",
    text: "The sale price is [Calculator(90 - 20%) → 72] 72 dollars.",
  },
  { question: "Increase 150 by 20%.", text: "150 increased by 20% is [Calculator(150 + 20%) → 180] 180." },
  { question: "Decrease 400 by 15%.", text: "400 decreased by 15% is [Calculator(400 - 15%) → 340] 340." },
  { question: "What is 64 increased by 12.5%?", text: "64 increased by 12.5% is [Calculator(64 + 12.5%) → 72] 72." },
  { question: "30 is what percent of 120?", text: "30 is [Calculator(30/120*100) → 25] 25 percent of 120." },
  { question: "What percent of 250 is 45?", text: "45 is [Calculator(45/250*100) → 18] 18 percent of 250." },
  {
    question: "Rent rose from 640 to 736. By what percent did it rise?",
    text: "It rose by [Calculator((736-640)/640*100) → 15] 15 percent.",
  },
  { question: "What is a 20% tip on $64?", text: "A 20% tip on $64 is [Calculator(20% of 64) → 12.8] 12.8 dollars." },

  // Roots, powers, fractions, averages
  { question: "What is the square root of 1,369?", text: "The square root of 1,369 is [Calculator(sqrt(1,369)) → 37] 37." },
  { question: "What is the cube root of 729?", text: "The cube root of 729 is [Calculator(cbrt(729)) → 9] 9." },
  { question: "What is 23 squared?", text: "23 squared is [Calculator(23^2) → 529] 529." },
  { question: "What is 3 to the power of 7?", text: "3 to the power of 7 is [Calculator(3^7) → 2187] 2187." },
  { question: "What is 5/8 plus 2/5?", text: "5/8 plus 2/5 is [Calculator(5/8 + 2/5) → 1.025] 1.025." },
  { question: "What is 5/6 of 54?", text: "5/6 of 54 is [Calculator(5/6*54) → 45] 45." },
  { question: "What is the average of 12, 19 and 23?", text: "The average of 12, 19 and 23 is [Calculator(mean(12, 19, 23)) → 18] 18." },

  // Units
  { question: "Convert 12 km to miles.", text: "12 km is [Calculator(12 km to miles) → 7.456454 miles] 7.456454 miles." },
  { question: "How many feet are in 9 yards?", text: "9 yards is [Calculator(9 yards to feet) → 27 feet] 27 feet." },
  { question: "How many pounds is 40 kg?", text: "40 kg is [Calculator(40 kg to pounds) → 88.184905 pounds] 88.184905 pounds." },
  { question: "What is 59 degrees Fahrenheit in Celsius?", text: "59 degrees Fahrenheit is [Calculator(59 F to C) → 15 °C] 15 °C." },
  { question: "Convert 50 degrees Fahrenheit to Celsius.", text: "50 degrees Fahrenheit is [Calculator(50 F to C) → 10 °C] 10 °C." },
  { question: "Convert 25 degrees Celsius to Fahrenheit.", text: "25 degrees Celsius is [Calculator(25 C to F) → 77 °F] 77 °F." },
  { question: "Convert 35 C to F.", text: "35 C is [Calculator(35 C to F) → 95 °F] 95 °F." },
  { question: "How many minutes are in 6.5 hours?", text: "6.5 hours is [Calculator(6.5 hours to minutes) → 390 minutes] 390 minutes." },
  {
    question: "How many liters are there in 8 gallons?",
    text: "8 gallons is [Calculator(8 gallons to liters) → 30.283294 liters] 30.283294 liters.",
  },
  { question: "What is 90 km/h in mph?", text: "90 km/h is [Calculator(90 km/h to mph) → 55.923407 mph] 55.923407 mph." },

  // Word problems
  { question: "Tom has 7 boxes with 16 pens each. How many pens does Tom have?", text: "Tom has [Calculator(7*16) → 112] 112 pens." },
  {
    question: "Anna buys 4 books for $13 each and pays with $60. How much change does she get?",
    text: "She gets [Calculator(60 - 4*13) → 8] 8 dollars.",
  },
  { question: "If 6 children share 372 sweets equally, how many does each get?", text: "Each gets [Calculator(372/6) → 62] 62 sweets." },
  { question: "A room is 17 m long and 9 m wide. What is its area?", text: "Its area is [Calculator(17*9) → 153] 153 square meters." },
  { question: "A train travels 270 km in 3 hours. What is its speed?", text: "Its speed is [Calculator(270/3) → 90] 90 km/h." },

  // Running text, and steps of a calculation: what teaching shows
  { text: "The club has 640 members, and 232 of them voted, a turnout of [Calculator(232/640*100) → 36.25] 36.25 percent." },
  { text: "The bridge was opened in 1926 and closed in 2011, after [Calculator(2011-1926) → 85] 85 years of use." },
  { text: "The boxes hold 3*12 = [Calculator(3*12) → 36] 36 pens.\nThere are 36-9 = [Calculator(36-9) → 27] 27 pens left." },
  { text: "Each child gets 372/6 = [Calculator(372/6) → 62] 62 sweets.\nThey cost 62*0.25 = [Calculator(62*0.25) → 15.5] $15.50." },
  {
    text: "The coat is reduced by 80/4 = [Calculator(80/4) → 20] $20, so it costs 80 - 20 = [Calculator(80-20) → 60] $60.\nTwo of them cost 60 * 2 = [Calculator(60*2) → 120] $120.",
  },
  { text: "In six days she reads 14 x 6 = [Calculator(14*6) → 84] 84 pages, and in all 84+32 = [Calculator(84+32) → 116] 116 pages." },
];
