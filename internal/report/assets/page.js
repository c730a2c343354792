"use strict";

// The page: draws every chart, and again when the theme or the width changes.

const drawn = [];

function mount(holder) {
  const chart = holder.closest(".chart");
  const entry = {holder, spec: JSON.parse(chart.querySelector("script").textContent), plot: null, hidden: new Set()};
  entry.log = Boolean(entry.spec.y.log);
  const button = chart.querySelector(".switch");
  if (button) {
    button.addEventListener("click", () => {
      entry.log = !entry.log;
      button.setAttribute("aria-pressed", entry.log);
      redraw(entry);
    });
  }
  drawn.push(entry);
  redraw(entry);
  new ResizeObserver(() => {
    if (entry.plot.width !== holder.clientWidth) entry.plot.setSize({width: holder.clientWidth, height: entry.spec.height});
  }).observe(holder);
}

function redraw(entry) {
  if (entry.plot) entry.plot.destroy();
  entry.plot = drawChart(entry.holder, entry.spec, entry.log);
  entry.hidden.forEach(label => show(entry, label, false));
}

function show(entry, label, on) {
  if (on) entry.hidden.delete(label);
  else entry.hidden.add(label);
  entry.plot.series.forEach((s, i) => {
    if (i > 0 && s.label === label) entry.plot.setSeries(i, {show: on});
  });
}

// A click on a legend's entry hides or shows its curves in all charts it serves.
function toggle(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", on);
  const scope = button.closest("[data-legend]");
  drawn.filter(e => scope.contains(e.holder)).forEach(e => show(e, button.dataset.label, on));
}

// Pointing at a heat map moves the cursor of the charts above and below it.
function point(map, event) {
  const share = (event.clientX - map.getBoundingClientRect().left) / map.clientWidth;
  const trial = map.closest(".trial");
  const inside = event.type === "pointermove" && share >= 0 && share <= 1;
  drawn.filter(e => trial.contains(e.holder)).forEach(e =>
    e.plot.setCursor({left: inside ? share * e.plot.over.clientWidth : -10, top: inside ? 0 : -10}));
}

function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  const done = () => {
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  };
  if (navigator.clipboard) {
    navigator.clipboard.writeText(text).then(done, () => {});
    return;
  }
  getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
}

document.querySelectorAll(".holder").forEach(mount);
document.querySelectorAll(".legend button").forEach(b => b.addEventListener("click", () => toggle(b)));
document.querySelectorAll(".map").forEach(m => ["pointermove", "pointerleave"].forEach(type =>
  m.addEventListener(type, event => point(m, event))));
document.querySelectorAll("button[data-copy]").forEach(b => b.addEventListener("click", () => copy(b)));

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(redraw));

// Paper is light, whatever the screen.
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  drawn.forEach(redraw);
}
addEventListener("beforeprint", () => {
  theme("light");
});
addEventListener("afterprint", () => theme(""));
