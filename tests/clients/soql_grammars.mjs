// Reads a JSON array of SOQL texts; prints, for each, what two independent grammars have against it (null: nothing).
import { readFileSync } from "node:fs";
import { ApexErrorListener, ApexParserFactory } from "@apexdevtools/apex-parser";
import { parseQuery } from "@jetstreamapp/soql-parser-js";

const END_OF_TEXT = -1;

class Complaints extends ApexErrorListener {
  found = [];

  apexSyntaxError(line, column, message) {
    this.found.push(`${line}:${column} ${message}`);
  }
}

function bySoqlParser(text) {
  try {
    parseQuery(text);
    return null;
  } catch (error) {
    return error.message;
  }
}

function byApexParser(text) {
  const complaints = new Complaints();
  const { parser } = ApexParserFactory.createLexerAndParser(text, complaints);
  parser.query();
  // The rule ends where a query may end: what stands behind it must be the end of the text.
  const rest = parser.getCurrentToken();
  if (rest.type !== END_OF_TEXT) complaints.found.push(`unexpected ${rest.text}`);
  return complaints.found.length ? complaints.found.join("; ") : null;
}

const texts = JSON.parse(readFileSync(0, "utf8"));
const judged = texts.map((text) => ({ soql_parser: bySoqlParser(text), apex_parser: byApexParser(text) }));
process.stdout.write(JSON.stringify(judged));
