/** The command as it was given, without what only says where to go on. */
export function commandLine(): string {
  const given = process.argv.slice(2).filter((word) => word !== "--resume" && word !== "--json");
  return ["toolwright", ...given.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))].join(" ");
}
