// Loads fifty images, posts a body and reads it back, and then tells the server line by line what
// the browser saw: "name<TAB>value".
const lines = [];
const tell = (name, value) => lines.push(name + "\t" + value);

const loadImage = (index) =>
  new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve(-1);
    image.src = "/image/" + index + ".svg";
    document.getElementById("images").append(image);
  });

const post = async () => {
  const sent = new Uint8Array(300000);
  for (let i = 0; i < sent.length; i++) sent[i] = (i * 31) >> 3;
  const response = await fetch("/echo", { method: "POST", body: sent });
  const received = new Uint8Array(await response.arrayBuffer());
  const same = received.length === sent.length && received.every((byte, i) => byte === sent[i]);
  return response.status + " " + (same ? "same" : "different");
};

const run = async () => {
  const widths = await Promise.all([...Array(50).keys()].map(loadImage));
  tell("widths", widths.join(" "));
  tell("post", await post());
  tell("style", getComputedStyle(document.querySelector("main")).borderTopWidth);
  const kinds = ["navigation", "resource"];
  for (const entry of kinds.flatMap((kind) => performance.getEntriesByType(kind))) {
    if (entry.name.startsWith("https:")) {
      tell("protocol " + new URL(entry.name).pathname, entry.nextHopProtocol);
    }
  }
  await fetch("/report", { method: "POST", body: lines.join("\n") });
};
run().catch((error) => fetch("/report", { method: "POST", body: "error\t" + error }));
