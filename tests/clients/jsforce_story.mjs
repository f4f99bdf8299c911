// jsforce does what an admin's scripts do. Reads {url, clientId, clientSecret, username, version}; prints one answer a step,
// by its name: what jsforce gave, or {"refused": …} with the error as jsforce raised it.
import { readFileSync } from "node:fs";
import jsforce from "jsforce";

const org = JSON.parse(readFileSync(0, "utf8"));
const answers = {};
const POLLING = { pollInterval: 100, pollTimeout: 60000 };
const PEOPLE = 450;

async function step(name, work) {
  try {
    answers[name] = await work();
  } catch (error) {
    answers[name] = { refused: { name: error.name, code: error.errorCode ?? null, message: error.message } };
  }
  return answers[name];
}

function connection(secret = org.clientSecret) {
  const oauth2 = { clientId: org.clientId, clientSecret: secret, loginUrl: org.url };
  return new jsforce.Connection({ oauth2, loginUrl: org.url, version: org.version });
}

const conn = connection();
await step("login", () => conn.authorize({ grant_type: "client_credentials" }));
await step("login with a wrong secret", () => connection("wrong").authorize({ grant_type: "client_credentials" }));
await step("login with a password", () => connection().login(org.username, "secret"));
await step("login with a password over SOAP", () => {
  const soap = new jsforce.Connection({ loginUrl: org.url, version: org.version, logLevel: "NONE" });
  return soap.login(org.username, "secret");
});
await step("identity", () => conn.identity());
await step("versions", () => conn.request("/services/data"));
await step("limits", () => conn.limits());
await step("describe", async () => (await conn.describe("Account")).fields.map((field) => field.name));
await step("describe all", async () => (await conn.describeGlobal()).sobjects.map((object) => object.name));

const Account = conn.sobject("Account");
const one = await step("create", () => Account.create({ Name: "one", ExternalId__c: "one" }));
await step("retrieve", () => Account.retrieve(one.id));
await step("update", () => Account.update({ Id: one.id, Phone: "1" }));
await step("upsert that creates", () => Account.upsert({ Name: "two", ExternalId__c: "two" }, "ExternalId__c"));
await step("upsert that updates", () => Account.upsert({ Name: "2", ExternalId__c: "two" }, "ExternalId__c"));
await step("create without a name", () => Account.create({ Phone: "1" }));

const mixed = (id) => [{ Name: "a", ExternalId__c: id }, { Phone: "1" }, { Name: "c", AnnualRevenue: -1 }];
await step("collection in part", () => Account.create(mixed("a"), { allOrNone: false }));
await step("collection all or none", () => Account.create(mixed("z"), { allOrNone: true }));
const kept = answers["collection in part"][0].id;
await step("collection update", () => Account.update([{ Id: kept, Phone: "2" }, { Id: one.id, AnnualRevenue: -1 }]));
await step("collection retrieve", () => Account.retrieve([kept, one.id], { fields: ["Id", "Phone"] }));
const upserts = [{ ExternalId__c: "a", Name: "A" }, { ExternalId__c: "new", Name: "N" }, { ExternalId__c: "bad" }];
await step("collection upsert", () => Account.upsert(upserts, "ExternalId__c"));
await step("collection delete", () => Account.destroy([kept, "001000000000000AAA"]));

const people = Array.from({ length: PEOPLE }, (_, number) => ({ LastName: `p${number}`, AccountId: one.id }));
await step("many", async () => (await conn.sobject("Contact").create(people, { allowRecursive: true })).length);
const pages = { autoFetch: true, maxFetch: 10000, headers: { "Sforce-Query-Options": "batchSize=200" } };
const all = `SELECT Id, LastName, Account.Name FROM Contact WHERE AccountId = '${one.id}' ORDER BY LastName`;
await step("first page", async () => {
  const page = await conn.query(all, { autoFetch: false, headers: pages.headers });
  return { total: page.totalSize, done: page.done, count: page.records.length, next: page.nextRecordsUrl };
});
await step("all pages", async () => {
  const rows = await conn.query(all, pages);
  return { count: rows.records.length, distinct: new Set(rows.records.map((row) => row.Id)).size };
});
await step("child rows", async () => {
  const found = await conn.query(`SELECT Id, (SELECT LastName FROM Contacts LIMIT 3) FROM Account WHERE Id = '${one.id}'`);
  return found.records[0].Contacts.records.map((row) => row.LastName).length;
});
await step("groups", () =>
  conn.query("SELECT AccountId, COUNT(Id) people FROM Contact GROUP BY AccountId HAVING COUNT(Id) > 10"));
await step("wrong query", () => conn.query("SELECT Nope FROM Account"));

const input = [{ Name: "b1", ExternalId__c: "b1" }, { Name: "b2", ExternalId__c: "two" }, { Name: "", ExternalId__c: "b3" }];
await step("bulk upsert", () =>
  conn.bulk2.loadAndWaitForResults({
    object: "Account", operation: "upsert", externalIdFieldName: "ExternalId__c", input, ...POLLING }));
await step("bulk insert of an unknown field", () =>
  conn.bulk2.loadAndWaitForResults({ object: "Account", operation: "insert", input: [{ Nope: "1" }], ...POLLING }));
await step("bulk delete", async () => {
  const bulk = conn.bulk2.createJob({ object: "Account", operation: "delete" });
  await bulk.open();
  await bulk.uploadData([{ Id: answers["collection upsert"][1].id }]);
  await bulk.close();
  await bulk.poll(POLLING.pollInterval, POLLING.pollTimeout);
  return bulk.getSuccessfulResults();
});
await step("bulk abort", async () => {
  const bulk = conn.bulk2.createJob({ object: "Account", operation: "insert" });
  await bulk.open();
  await bulk.abort();
  return bulk.check();
});
await step("bulk query", async () => {
  const rows = await (await conn.bulk2.query(all.replace("ORDER BY LastName", ""), POLLING)).toArray();
  return { count: rows.length, first: Object.keys(rows[0]) };
});
await step("bulk query that is wrong", async () =>
  (await conn.bulk2.query("SELECT Nope FROM Account", POLLING)).toArray());

process.stdout.write(JSON.stringify(answers));
