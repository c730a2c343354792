"use strict";

// tooltip shows the values under the cursor. Curves sampled at other places
// than the nearest one show their own nearest sample.
function tooltip(spec, columns) {
  const box = document.createElement("div");
  box.className = "tooltip";
  box.hidden = true;
  return {hooks: {
    ready: u => u.over.appendChild(box),
    setCursor: u => {
      const {left, top, idx} = u.cursor;
      const away = idx == null || left < 0;
      follow(u, spec, away ? null : left / u.over.clientWidth);
      // A chart that only follows its neighbour's cursor keeps quiet.
      box.hidden = away || !u.over.matches(":hover");
      if (box.hidden) return;
      box.replaceChildren(heading(spec, u.data[0][idx]), ...rows(u, columns, idx));
      const right = left > u.over.clientWidth / 2;
      box.style.left = right ? "auto" : left + 14 + "px";
      box.style.right = right ? u.over.clientWidth - left + 14 + "px" : "auto";
      box.style.top = Math.max(0, Math.min(top - 10, u.over.clientHeight - box.offsetHeight)) + "px";
    },
  }};
}

// follow moves the line over the heat map of the same trial.
function follow(u, spec, share) {
  const trial = spec.group && u.root.closest(".trial");
  if (!trial) return;
  trial.classList.toggle("pointed", share != null);
  if (share != null) trial.style.setProperty("--cursor", share);
}

function heading(spec, x) {
  const p = document.createElement("p");
  p.textContent = spec.x.label + " " + format(x);
  return p;
}

function rows(u, columns, idx) {
  const all = [];
  columns.series.forEach((s, i) => {
    if (s.helper || !u.series[i + 1].show) return;
    const at = nearest(u.data[i + 1], idx);
    if (at < 0) return;
    all.push(row(s, format(u.data[i + 1][at]) + around(u, s.line, i + 1, at)));
  });
  return all;
}

// around is the band of a line's sample in words.
function around(u, line, column, at) {
  const value = u.data[column][at], high = line.high ? u.data[column + 1][at] : null;
  if (value == null || high == null) return "";
  return line.range ? " (" + format(u.data[column + 2][at]) + " – " + format(high) + ")" : " ± " + format(high - value);
}

function row(s, text) {
  const p = document.createElement("p"), label = document.createElement("span"), value = document.createElement("b");
  p.className = "ink-" + s.line.style.ink;
  label.textContent = s.label;
  value.textContent = text;
  p.append(label, value);
  return p;
}

// nearest is the closest sample of a column; undefined means not sampled there.
function nearest(column, idx) {
  for (let d = 0; d < column.length; d++) {
    if (column[idx - d] !== undefined) return idx - d;
    if (column[idx + d] !== undefined) return idx + d;
  }
  return -1;
}
