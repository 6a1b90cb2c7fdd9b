// Everything that the official Node client offers on disputes; it has nothing for documents but what disputes embed.
// Its environment says where.
'use strict';
const assert = require('assert');
const omise = require('omise');

const [open, empty, foreign] = process.argv.slice(2);
const client = (secretKey) => omise({ secretKey, omiseVersion: process.env.API_VERSION });
const { disputes } = client(process.env.SECRET_KEY);
const asked = [];

function check(name, found, wanted) {
  assert.deepStrictEqual(found, wanted, name);
  asked.push(name);
}

async function refused(name, code, call) {
  const told = await call().then(
    () => assert.fail(`${name}: expected ${code}`),
    (told) => told,
  );
  check(name, told.code, code);
}

async function main() {
  for (const [name, wanted] of [
    ['list', ['lost', 'open', 'pending', 'won']],
    ['listOpen', ['open']],
    ['listPending', ['pending']],
    ['listClosed', ['lost', 'won']],
  ]) {
    const list = await disputes[name]();
    check(name, [...new Set(list.data.map((dispute) => dispute.status))].sort(), wanted);
  }
  check('list with parameters', (await disputes.list({ limit: 1, offset: 1, order: 'reverse_chronological' })).data.length, 1);
  const full = await disputes.retrieve(open);
  check('retrieve', [full.id, full.documents.total, full.documents.data.length], [open, 27, 20]);
  await new Promise((resolve, reject) => {
    disputes.retrieve(open, (error, dispute) => (error ? reject(error) : resolve(check('retrieve with a callback', dispute.id, open))));
  });
  const changed = await disputes.update(empty, { metadata: { order: '7' } });
  check('update of metadata', [changed.status, changed.metadata.order], ['open', '7']);
  const sent = await disputes.update(empty, { message: 'see the documents' });
  check('update with a message', [sent.status, sent.message], ['pending', 'see the documents']);
  await refused('a limit of 0', 'bad_request', () => disputes.list({ limit: 0 }));
  await refused("another's dispute", 'not_found', () => disputes.retrieve(foreign));
  await refused('a wrong key', 'authentication_failure', () => client('skey_test_nobody').disputes.list());
  console.log(`${asked.length} calls as wanted, ${process.env.API_VERSION}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
