"use strict";
// Whatever a client sent is put into the page as text, never as markup.
const base = "/_mock/";
const find = (id) => document.getElementById(id);
const most = 300;
// Behind the hash: "still", or the number of a request that shall be unfolded.
const wanted = new Set(location.hash.slice(1).split(","));
let last = 0, entries = [], faults = new Map(), openDisputes = new Set(), shownDisputes = "";

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "on") element.addEventListener("click", value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((it) => it !== null && it !== undefined));
  return element;
}

async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (method !== "GET") {
    options.headers["Content-Type"] = "application/json";
    if (body !== undefined) options.body = JSON.stringify(body);
  }
  const answer = await fetch(base + path, options);
  const text = await answer.text();
  const told = text ? JSON.parse(text) : null;
  if (!answer.ok) {
    const problems = (told && told.problems) || [];
    const words = problems.map((it) => `expected ${it.expected}, found ${it.found}` + (it.help ? ` (${it.help})` : ""));
    throw new Error(words.join("; ") || `the mock answered ${answer.status}`);
  }
  return told;
}

function trouble(words) {
  const problem = find("problem");
  problem.textContent = words || "";
  problem.hidden = !words;
}

// Does something, then shows what came of it.
async function act(work) {
  try {
    await work();
    trouble("");
    await refresh();
  } catch (error) {
    trouble(error.message);
  }
}

function badge(status) {
  return make("span", { class: `badge s${Math.floor(status / 100)}` }, String(status));
}

function definitions(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) {
    if (value !== null && value !== undefined && value !== "") {
      list.append(make("dt", {}, name), make("dd", { class: "mono" }, String(value)));
    }
  }
  return list;
}

function shownEntry(entry) {
  const gravest = entry.diagnoses.find((it) => it.severity === "error") || entry.diagnoses[0];
  const why = [entry.error_code, gravest && gravest.message].filter(Boolean).join(": ");
  const marks = make("span", {});
  if (entry.orders.length) marks.append(make("span", { class: "badge warning", title: "by order" }, `order ${entry.orders.join(", ")}`), " ");
  if (entry.diagnoses.length) {
    const worst = gravest.severity === "info" ? "" : gravest.severity;
    marks.append(make("span", { class: `badge ${worst}`, title: "diagnoses" }, `${entry.diagnoses.length} note${entry.diagnoses.length > 1 ? "s" : ""}`));
  }
  const path = entry.path + (entry.query ? `?${entry.query}` : "");
  const summary = make("summary", {}, make("span", { class: "quiet at" }, entry.at.slice(11, 19)), badge(entry.status), make("span", {}, entry.method), make("span", { class: "path" }, path), marks, why ? make("span", { class: "why" }, why) : null);
  const details = make("details", {}, summary);
  // What is folded is made when it is unfolded.
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(unfolded(entry));
  });
  if (wanted.has(String(entry.number))) details.open = true;
  return make("li", { id: String(entry.number) }, details);
}

function unfolded(entry) {
  const notes = make("ul", { class: "diagnoses" });
  for (const it of entry.diagnoses) {
    const place = [it.about, it.part === null ? "" : `part ${it.part}`, it.offset === null ? "" : `byte ${it.offset}`].filter(Boolean).join(", ");
    notes.append(make("li", { class: `is-${it.severity}` },
      make("strong", {}, `${it.severity} `), make("code", {}, it.code), ` (${place}): ${it.message}`,
      make("span", { class: "advice" }, it.advice)));
  }
  const headers = entry.headers.map((it) => [it.name, it.value]);
  return make("div", { class: "inner" }, notes,
    definitions([["number", entry.number], ["at", entry.at], ["operation", entry.operation], ["refused by", entry.clause],
      ["error", entry.error_message], ["took", `${(entry.took_us / 1000).toFixed(1)} ms`],
      ["bytes", `${entry.body_bytes} in, ${entry.answer_bytes} out`]]),
    definitions(headers));
}

function fits(entry) {
  const status = find("f-status").value, path = find("f-path").value;
  return (!status || status[0] === String(entry.status)[0]) && (!path || entry.path.includes(path))
    && (!find("f-wrong").checked || entry.diagnoses.length > 0);
}

function showEntries() {
  const shown = entries.filter(fits).reverse().map(shownEntry);
  find("entries").replaceChildren(...shown);
  sayWhenEmpty();
}

function sayWhenEmpty() {
  const some = find("entries").children.length > 0;
  find("no-entries").hidden = some;
  find("no-entries").textContent = entries.length ? "None of the requests fits." : "Nothing came yet. What is sent to this address shows up here.";
}

function addEntries(fresh) {
  entries = entries.concat(fresh).slice(-most);
  const list = find("entries");
  for (const entry of fresh.filter(fits)) list.prepend(shownEntry(entry));
  while (list.children.length > most) list.lastChild.remove();
  sayWhenEmpty();
}

function words(order) {
  const parts = [];
  if (order.answer) parts.push(`answer ${order.answer.status}` + (order.answer.served ? ", served all the same" : ""));
  if (order.fault) parts.push(order.fault);
  if (order.delay_ms) parts.push(`${order.delay_ms} ms late`);
  if (order.cut) parts.push(`cut ${order.cut.replace("_", " ")}`);
  if (order.truncated) parts.push("half the JSON");
  if (order.bytes_per_second) parts.push(`${order.bytes_per_second} B/s`);
  const match = Object.entries(order.match).map(([name, value]) => name === "key" ? "a key" : `${name} ${value}`);
  return parts.join(", ") + (match.length ? ` for ${match.join(", ")}` : "");
}

function showState(state) {
  find("about").textContent = `${location.host}, profile ${state.profile}` + (state.fault ? `, fault ${state.fault}` : "");
  find("now").textContent = state.clock.now;
  find("clock-kind").textContent = state.clock.stands_still ? "stands still"
    : state.clock.shifted_by_seconds ? `runs ${state.clock.shifted_by_seconds} s from the system’s` : "the system’s";
  find("orders").replaceChildren(...state.orders.map((it) => make("li", { class: "row" },
    make("span", { class: "grow" }, `${it.number}. ${words(it.order)}`),
    make("span", { class: "quiet" }, it.left === null ? `taken ${it.taken}` : `${it.left} left`),
    make("button", { type: "button", "aria-label": `Remove order ${it.number}`, on: () => act(() => ask("DELETE", `orders/${it.number}`)) }, "Remove"))));
  find("snapshots").replaceChildren(...state.snapshots.map((name) => make("li", { class: "row" },
    make("span", { class: "grow mono" }, name),
    make("button", { type: "button", "aria-label": `Restore snapshot ${name}`, on: () => act(() => ask("POST", `snapshots/${name}/restore`)) }, "Restore"),
    make("button", { type: "button", "aria-label": `Remove snapshot ${name}`, on: () => act(() => ask("DELETE", `snapshots/${name}`)) }, "Remove"))));
  // A choice that is being made is not taken out of the reader's hand.
  const disputes = JSON.stringify(state.disputes);
  if (disputes !== shownDisputes) find("disputes").replaceChildren(...state.disputes.map(shownDispute));
  shownDisputes = disputes;
  find("accounts").replaceChildren(...state.accounts.map((it) => make("li", {},
    make("strong", {}, `Account ${it.number} `),
    definitions([["secret key", it.secret], ["public key", it.public], ["charges", it.charges.join(" ")]]))));
  const account = find("m-account"), chosen = account.value;
  account.replaceChildren(...state.accounts.map((it) => make("option", { value: it.number }, String(it.number))));
  if (chosen) account.value = chosen;
}

function shownDispute(dispute) {
  const documents = make("ul", { class: "documents" }, ...dispute.documents.map((it) => make("li", it.deleted ? { class: "gone" } : {},
    make("span", {}, it.filename), make("span", { class: "quiet" }, ` ${it.kind || "no kind"}, ${it.bytes} bytes`))));
  const there = dispute.documents.filter((it) => !it.deleted).length;
  const details = make("details", {}, make("summary", {}, dispute.id),
    make("p", { class: "quiet" }, `account ${dispute.account}, ${dispute.amount / 100} THB, opened ${dispute.created_at}`), documents);
  details.open = openDisputes.has(dispute.id);
  details.addEventListener("toggle", () => details.open ? openDisputes.add(dispute.id) : openDisputes.delete(dispute.id));
  const status = make("select", { "aria-label": `Status of ${dispute.id}`, class: dispute.status });
  for (const name of ["open", "pending", "won", "lost"]) status.append(make("option", {}, name));
  status.value = dispute.status;
  status.addEventListener("change", () => act(() => ask("PATCH", `disputes/${dispute.id}`, { status: status.value })));
  return make("li", {}, details, make("span", { class: "quiet" }, `${there} ${there === 1 ? "file" : "files"}`), status);
}

async function refresh() {
  const state = await ask("GET", "state");
  const held = document.activeElement;
  const label = held && held.getAttribute("aria-label");
  showState(state);
  if (label) { const again = document.querySelector(`[aria-label="${CSS.escape(label)}"]`); if (again) again.focus(); }
}

function order(wanted) {
  const body = Object.assign({ times: Number(find("o-times").value) || 1 }, wanted);
  if (find("o-operation").value) body.match = { operation: find("o-operation").value };
  return act(() => ask("POST", "orders", body));
}

async function follow() {
  const link = find("link");
  // For pictures and tests: what is there now, and no waiting for more.
  const still = wanted.has("still");
  for (;;) {
    try {
      const page = await ask("GET", `journal?since=${last}&limit=${most}` + (link.className === "live" ? "&wait=20" : ""));
      if (page.last < last) { entries = []; showEntries(); }
      last = page.last;
      if (page.entries.length) addEntries(page.entries);
      if (page.entries.length || link.className !== "live") await refresh();
      link.className = "live";
      link.textContent = still ? "still" : "live";
      if (still) return;
    } catch (error) {
      link.className = "lost";
      link.textContent = "the mock does not answer";
      await new Promise((done) => setTimeout(done, 2000));
      last = 0; entries = []; find("entries").replaceChildren();
    }
  }
}

for (const button of document.querySelectorAll("[data-seconds]")) {
  button.addEventListener("click", () => act(() => ask("POST", "clock/advance", { seconds: Number(button.dataset.seconds) })));
}
find("stop").addEventListener("click", () => act(() => ask("PUT", "clock", { fixed: find("now").textContent })));
find("system").addEventListener("click", () => act(() => ask("PUT", "clock", { system: true })));
for (const button of document.querySelectorAll("[data-order]")) {
  button.addEventListener("click", () => order(JSON.parse(button.dataset.order)));
}
find("named").addEventListener("submit", (event) => { event.preventDefault(); order({ fault: find("o-fault").value }); });
find("o-fault").addEventListener("input", () => {
  const known = faults.get(find("o-fault").value);
  find("fault-about").textContent = known ? `${known.description} (breaks ${known.clause})` : "";
});
find("snapshot").addEventListener("submit", (event) => {
  event.preventDefault();
  act(() => ask("PUT", `snapshots/${encodeURIComponent(find("s-name").value)}`));
});
find("reset").addEventListener("click", () => act(async () => { await ask("POST", "reset"); entries = []; showEntries(); }));
find("make").addEventListener("submit", (event) => {
  event.preventDefault();
  act(() => ask("POST", "disputes", { account: Number(find("m-account").value), documents: Number(find("m-documents").value) }));
});
find("clear").addEventListener("click", () => act(async () => { await ask("DELETE", "journal"); entries = []; showEntries(); }));
for (const id of ["f-status", "f-path", "f-wrong"]) find(id).addEventListener("input", showEntries);
find("filter").addEventListener("submit", (event) => event.preventDefault());

ask("GET", "faults").then((told) => {
  for (const it of told.filter((it) => it.orderable)) {
    faults.set(it.name, it);
    find("fault-names").append(make("option", { value: it.name }, it.clause));
  }
});
for (const name of ["upload", "list", "retrieve", "destroy", "list_disputes", "retrieve_dispute", "update_dispute", "accept_dispute", "close_dispute", "open_dispute"]) {
  find("o-operation").append(make("option", { value: name }, name.replace("_", " ")));
}
follow();
