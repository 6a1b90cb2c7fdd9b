"use strict";
document.querySelector(".scripted").hidden = false;
const find = document.getElementById("find");
const rows = [...document.querySelectorAll(".findable")];
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  let clauses = 0;
  for (const row of rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
    if (!row.hidden && row.closest(".matrix")) clauses += 1;
  }
  for (const table of document.querySelectorAll(".matrix")) {
    table.hidden = !table.querySelector("tbody tr:not([hidden])");
  }
  document.getElementById("none").hidden = clauses > 0;
});
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
const fold = (open) => {
  for (const part of document.querySelectorAll("main details")) part.open = open;
};
document.getElementById("open").addEventListener("click", () => fold(true));
document.getElementById("close").addEventListener("click", () => fold(false));
