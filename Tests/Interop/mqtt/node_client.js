// Publish, subscribe, retained, will, shared subscription, QoS 2 and a session that waits, with
// MQTT.js of node.
const mqtt = require('mqtt');
const port = process.argv[2];

function connect(clientId, options) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId, protocolVersion: 5, reconnectPeriod: 0, ...options,
  });
  client.found = [];
  client.on('message', (topic, payload, packet) =>
    client.found.push([payload.toString(), packet.qos, packet.retain].join()));
  return new Promise((resolve, reject) => {
    client.on('connect', (connack) => { client.connack = connack; resolve(client); });
    client.on('error', reject);
  });
}
const subscribe = (client, filter, qos) => new Promise((resolve, reject) =>
  client.subscribe(filter, { qos }, (error) => (error ? reject(error) : resolve())));
const publish = (client, topic, payload, options) => new Promise((resolve, reject) =>
  client.publish(topic, payload, options, (error) => (error ? reject(error) : resolve())));
const end = (client) => new Promise((resolve) => client.end(false, {}, resolve));

async function until(condition) {
  for (let round = 0; !condition() && round < 1000; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function expectMessages(client, wanted) {
  await until(() => client.found.length >= wanted.length);
  if (client.found.join(' ') !== wanted.join(' ')) {
    throw new Error(`${client.found.join(' ')} instead of ${wanted.join(' ')}`);
  }
}

async function main() {
  const reader = await connect('node-1');
  const writer = await connect('node-2');
  await subscribe(reader, 'node/#', 2);
  for (const qos of [0, 1, 2]) await publish(writer, 'node/a', String(qos), { qos });
  await expectMessages(reader, ['0,0,false', '1,1,false', '2,2,false']);
  await publish(writer, 'node/kept', 'kept', { qos: 1, retain: true });
  const late = await connect('node-3');
  await subscribe(late, 'node/kept', 1);
  await expectMessages(late, ['kept,1,true']);
  const dying = await connect('node-4', { will: { topic: 'node/kept', payload: 'gone', qos: 1 } });
  dying.stream.destroy();
  await expectMessages(late, ['kept,1,true', 'gone,1,false']);
  const kept = { clean: false, properties: { sessionExpiryInterval: 60 } };
  const absent = await connect('node-5', kept);
  await subscribe(absent, 'node/later', 2);
  await end(absent);
  await publish(writer, 'node/later', 'waited', { qos: 2 });
  const back = await connect('node-5', kept);
  if (!back.connack.sessionPresent) throw new Error('the session was not kept');
  await expectMessages(back, ['waited,2,false']);
  const members = [await connect('node-6'), await connect('node-7')];
  for (const member of members) await subscribe(member, '$share/group/node/work', 1);
  for (const number of [0, 1, 2, 3]) await publish(writer, 'node/work', String(number), { qos: 1 });
  const share = ['0,1,false', '1,1,false', '2,1,false', '3,1,false'];
  await until(() => members[0].found.length + members[1].found.length >= 4);
  const shared = members.flatMap((member) => member.found).sort();
  if (shared.join(' ') !== share.join(' ') || members.some((member) => !member.found.length)) {
    throw new Error(`the members of a group had ${members.map((m) => m.found.join(' '))}`);
  }
  for (const client of [reader, writer, late, back, ...members]) await end(client);
  console.log('ok');
}

const limit = setTimeout(() => { console.error('it took too long'); process.exit(1); }, 30000);
main().then(() => clearTimeout(limit), (error) => { console.error(error); process.exit(1); });
