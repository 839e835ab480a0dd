import type { Example } from "../tool.js";

/** Worded as people ask; short before the call, the result again right after it. The clock is in UTC. */
export const examples: readonly Example[] = [
  {
    question: "What is today's date?",
    text: "Today is [Calendar(today) → Monday, March 18, 2024] Monday, March 18, 2024.",
    now: "2024-03-18",
  },
  {
    question: "What day is it today?",
    text: "Today is [Calendar(today) → Thursday, November 9, 2023] Thursday, November 9, 2023.",
    now: "2023-11-09",
  },
  {
    question: "What day of the week is it tomorrow?",
    text: "Tomorrow is a [Calendar(weekday of tomorrow) → Thursday] Thursday.",
    now: "2025-07-30",
  },
  {
    question: "What day of the week was March 4, 1997?",
    text: "March 4, 1997 was a [Calendar(weekday of March 4, 1997) → Tuesday] Tuesday.",
  },
  {
    question: "On which weekday did June 6, 1944 fall?",
    text: "June 6, 1944 was a [Calendar(weekday of June 6, 1944) → Tuesday] Tuesday.",
  },
  {
    question: "What day of the week will August 15, 2031 be?",
    text: "August 15, 2031 will be a [Calendar(weekday of August 15, 2031) → Friday] Friday.",
  },
  {
    question: "Which day of the week was October 3, 1990?",
    text: "October 3, 1990 was a [Calendar(weekday of October 3, 1990) → Wednesday] Wednesday.",
  },
  { question: "Which day of the week is 2026-02-10?", text: "2026-02-10 is a [Calendar(weekday of 2026-02-10) → Tuesday] Tuesday." },
  { question: "What weekday is Halloween in 2027?", text: "Halloween 2027 is a [Calendar(weekday of Halloween 2027) → Sunday] Sunday." },
  {
    question: "How many days until June 1?",
    text: "It is [Calendar(days until June 1) → 110 days] 110 days until June 1.",
    now: "2024-02-12",
  },
  {
    question: "How many days is it until Valentine's Day?",
    text: "It is [Calendar(days until Valentine's Day) → 25 days] 25 days until Valentine's Day.",
    now: "2025-01-20",
  },
  {
    question: "How many days are left until October 3, 2026?",
    text: "There are [Calendar(days until October 3, 2026) → 212 days] 212 days left until October 3, 2026.",
    now: "2026-03-05",
  },
  {
    question: "How long is it until New Year's Eve?",
    text: "It is [Calendar(days until New Year's Eve) → 108 days] 108 days until New Year's Eve.",
    now: "2024-09-14",
  },
  {
    question: "How many weeks is it until September 1?",
    text: "It is [Calendar(weeks until September 1) → 26 weeks and 4 days] 26 weeks and 4 days until September 1.",
    now: "2025-02-27",
  },
  {
    question: "How many months until November 5?",
    text: "It is [Calendar(months until November 5) → 5 months and 16 days] 5 months and 16 days until November 5.",
    now: "2024-05-20",
  },
  {
    question: "How many days are there between April 2, 2021 and June 18, 2021?",
    text: "There are [Calendar(days between April 2, 2021 and June 18, 2021) → 77 days] 77 days between April 2, 2021 and June 18, 2021.",
  },
  {
    question: "How many days is it from 2022-08-30 to 2023-02-14?",
    text: "It is [Calendar(days between 2022-08-30 and 2023-02-14) → 168 days] 168 days from 2022-08-30 to 2023-02-14.",
  },
  {
    question: "How many weeks are there between May 1, 2023 and July 10, 2023?",
    text: "There are [Calendar(weeks between May 1, 2023 and July 10, 2023) → 10 weeks] 10 weeks between May 1, 2023 and July 10, 2023.",
  },
  {
    question: "How many years are between 1865 and 1914?",
    text: "There are [Calendar(years between 1865 and 1914) → 49 years] 49 years between 1865 and 1914.",
  },
  {
    question: "How many days have passed since February 8, 2023?",
    text: "It has been [Calendar(days since February 8, 2023) → 499 days] 499 days since February 8, 2023.",
    now: "2024-06-21",
  },
  {
    question: "How many days ago was April 10?",
    text: "April 10 was [Calendar(days since April 10) → 49 days] 49 days ago.",
    now: "2025-05-29",
  },
  {
    question: "How old is someone born on October 14, 1988?",
    text: "Someone born on October 14, 1988 is [Calendar(years since October 14, 1988) → 35 years] 35 years old.",
    now: "2024-08-25",
  },
  {
    question: "I was born on 2001-06-23. How old am I?",
    text: "You are [Calendar(years since 2001-06-23) → 23 years] 23 years old.",
    now: "2025-03-08",
  },
  {
    question: "What date is 50 days from today?",
    text: "50 days from today is [Calendar(50 days from today) → Tuesday, March 12, 2024] Tuesday, March 12, 2024.",
    now: "2024-01-22",
  },
  {
    question: "What was the date 100 days ago?",
    text: "100 days ago it was [Calendar(100 days ago) → Monday, August 28, 2023] Monday, August 28, 2023.",
    now: "2023-12-06",
  },
  {
    question: "What will the date be in 2 months?",
    text: "In 2 months it will be [Calendar(2 months from today) → Saturday, December 13, 2025] Saturday, December 13, 2025.",
    now: "2025-10-13",
  },
  {
    question: "What is the date 3 weeks after 2025-04-09?",
    text: "3 weeks after 2025-04-09 is [Calendar(3 weeks after 2025-04-09) → Wednesday, April 30, 2025] Wednesday, April 30, 2025.",
  },
  {
    question: "What date is 10 days before May 3, 2022?",
    text: "10 days before May 3, 2022 is [Calendar(10 days before May 3, 2022) → Saturday, April 23, 2022] Saturday, April 23, 2022.",
  },
  {
    question: "What is the date of next Tuesday?",
    text: "Next Tuesday is [Calendar(next Tuesday) → Tuesday, November 26, 2024] Tuesday, November 26, 2024.",
    now: "2024-11-19",
  },
  { question: "Is 2032 a leap year?", text: "[Calendar(is 2032 a leap year) → Yes, 2032 is a leap year] Yes, 2032 is a leap year." },
  { question: "Was 1900 a leap year?", text: "[Calendar(is 1900 a leap year) → No, 1900 is not a leap year] No, 1900 is not a leap year." },
  {
    question: "How many days are in February 2026?",
    text: "There are [Calendar(days in February 2026) → 28 days] 28 days in February 2026.",
  },
  {
    question: "What is the week number of October 8, 2024?",
    text: "October 8, 2024 is in [Calendar(week number of October 8, 2024) → week 41] week 41.",
  },
  {
    question: "What time is it in Tokyo?",
    text: "In Tokyo it is [Calendar(time in Tokyo) → 6:00 PM] 6:00 PM.",
    now: "2025-06-16T09:00:00Z",
  },
  { text: "The treaty was signed on March 30, 1856, a [Calendar(weekday of March 30, 1856) → Sunday] Sunday, in Paris." },
  { text: "The garden opened on May 4, 2024, [Calendar(days since May 4, 2024) → 59 days] 59 days ago.", now: "2024-07-02" },
  { text: "The hearing begins on September 12, 2026, a [Calendar(weekday of September 12, 2026) → Saturday] Saturday, at nine." },
  { text: "The pool opens on June 1, in [Calendar(days until June 1) → 45 days] 45 days.", now: "2024-04-17" },
  { text: "Today is [Calendar(weekday of today) → Wednesday] Wednesday, and the shop is closed.", now: "2024-10-09" },
  {
    text: "The strike lasted from March 1, 2021 to June 15, 2021, [Calendar(days between March 1, 2021 and June 15, 2021) → 106 days] 106 days in all.",
  },
];
