// Opens WebTransport sessions and tells the server, step by step, what came of it:
// "name<TAB>outcome". The query says which steps, with which server, and where to report.
const query = new URLSearchParams(location.search);
const sizes = [1, 1000, 100000, 10000000];

const report = (name, outcome) =>
  fetch(query.get("report"), { method: "POST", mode: "no-cors", body: name + "\t" + outcome });

const step = async (name, action) => {
  let outcome;
  try {
    outcome = await action();
  } catch (error) {
    outcome = "failed: " + error;
  }
  await report(name, outcome);
};

const open = async (url) => {
  const value = Uint8Array.from(atob(query.get("hash")), (c) => c.charCodeAt(0));
  const session = new WebTransport(url, {
    serverCertificateHashes: [{ algorithm: "sha-256", value }],
  });
  await session.ready;
  session.uni = session.incomingUnidirectionalStreams.getReader();
  session.bidi = session.incomingBidirectionalStreams.getReader();
  session.in = session.datagrams.readable.getReader();
  session.out = session.datagrams.writable.getWriter();
  return session;
};

const body = (length) => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31) >> 3;
  return bytes;
};

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const readAll = async (readable) => {
  const chunks = [];
  for (const reader = readable.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
};

const write = async (writer, bytes) => {
  for (let at = 0; at < bytes.length; at += 65536) {
    await writer.ready;
    await writer.write(bytes.subarray(at, at + 65536));
  }
};

const send = async (writable, bytes) => {
  const writer = writable.getWriter();
  await write(writer, bytes);
  await writer.close();
};

const verdict = (sent, received) => (same(sent, received) ? "same" : "different");

const echoBidi = async (session, length) => {
  const sent = body(length);
  const stream = await session.createBidirectionalStream();
  const [received] = await Promise.all([readAll(stream.readable), send(stream.writable, sent)]);
  return verdict(sent, received);
};

const echoUni = async (session, length) => {
  const sent = body(length);
  const sending = session.createUnidirectionalStream().then((stream) => send(stream, sent));
  const received = await readAll((await session.uni.read()).value);
  await sending;
  return verdict(sent, received);
};

// Datagrams may be lost, even here: it is said again until it comes back.
const echoDatagram = async (session, length) => {
  const sent = body(length);
  const again = setInterval(() => session.out.write(sent), 200);
  session.out.write(sent);
  const { value } = await session.in.read();
  clearInterval(again);
  return verdict(sent, value);
};

// Sends back what the server says on a stream of its own.
const answerBidi = async (session) => {
  const stream = (await session.bidi.read()).value;
  const received = await readAll(stream.readable);
  await send(stream.writable, received);
  return new TextDecoder().decode(received);
};

// A stream of which one half was echoed before something happened.
const begin = async (session) => {
  const stream = await session.createBidirectionalStream();
  const half = { writer: stream.writable.getWriter(), reader: stream.readable.getReader() };
  await half.writer.write(body(100));
  half.first = (await half.reader.read()).value;
  return half;
};

const finish = async (half) => {
  await half.writer.write(body(200));
  await half.writer.close();
  const chunks = [half.first];
  for (;;) {
    const { value, done } = await half.reader.read();
    if (done) break;
    chunks.push(value);
  }
  const received = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return verdict(new Uint8Array([...body(100), ...body(200)]), received);
};

const echoes = async (name, session) => {
  for (const size of sizes) {
    await step(name + " bidi " + size, () => echoBidi(session, size));
    await step(name + " uni " + size, () => echoUni(session, size));
  }
  await step(name + " datagram", () => echoDatagram(session, 1000));
};

// What a promise has come to so far.
const watch = (promise) => {
  const watched = { outcome: "pending" };
  const note = (outcome) => (watched.outcome = outcome);
  watched.settled = promise.then(note, (error) => note("failed: " + error));
  return watched;
};

const runs = {
  async serve() {
    const first = await open(query.get("url"));
    await echoes("first", first);
    const second = await open(query.get("url"));
    await step("second bidi", () => echoBidi(second, 1000));
    await step("first again", () => echoBidi(first, 1000));
    first.close();
    await step("second alone", () => echoBidi(second, 1000));
    await step("not there", () => open(query.get("url") + "-no").then(() => "opened"));
  },

  async opens() {
    const session = await open(query.get("url"));
    await step("server's uni", async () =>
      new TextDecoder().decode(await readAll((await session.uni.read()).value)));
    await step("server's bidi", () => answerBidi(session));
    await step("closed", async () => {
      const { closeCode, reason } = await session.closed;
      return closeCode + " " + reason;
    });
  },

  async drain() {
    const session = await open(query.get("url"));
    const old = await begin(session);
    const oldToo = await begin(session);
    await step("before", () => echoDatagram(session, 10));
    await step("drained", async () => (await fetch("/drain")).text());
    const theirBidi = watch(answerBidi(session));
    await step("old stream", () => finish(old));
    if (query.get("by") == "capsule") {
      await step("new bidi", () => echoBidi(session, 100000));
      await theirBidi.settled;
    }
    await step("new uni", () => echoUni(session, 100000));
    await step("new datagram", () => echoDatagram(session, 1000));
    const next = await open(query.get("next"));
    await step("new session", () => echoBidi(next, 1000));
    await step("old stream, still", () => finish(oldToo));
    await report("server's new bidi", theirBidi.outcome); // which had the time of all the rest
    session.close({ closeCode: 5, reason: "enough" });
    await step("new session alone", () => echoBidi(next, 1000));
  },

  async crash() {
    const session = await open(query.get("url"));
    const lost = session.closed.then(() => "closed", () => "the session is lost");
    await step("before", () => echoDatagram(session, 10));
    await step("drained", async () => (await fetch("/drain")).text());
    // The end of the network process takes the reports' connection along, and brings a new one.
    const outcome = await Promise.race([echoBidi(session, 1000).catch(() => lost), lost]);
    while (!(await report("new bidi", outcome).catch(() => false)));
  },
};

runs[query.get("run")]()
  .catch((error) => report("error", error))
  .then(() => report("done", "done"));
