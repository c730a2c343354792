"use strict";

// One chart of the page: turns a specification (the JSON beside it) into uPlot.

// ink is the present value of a named colour: it depends on the theme.
function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

function format(v) {
  if (v == null) return "–";
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return v.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e").replace(/-/g, "−");
  }
  return String(Number(v.toPrecision(4))).replace(/-/g, "−");
}

// columns lays the tables side by side over all their x values. A line with a
// band brings two helper columns, high and low, that are filled between.
function columns(spec, log) {
  const tables = [], series = [], bands = [];
  const floor = log ? spec.y.decade[0] : -Infinity;
  const above = ys => ys.map(y => (y == null ? null : Math.max(y, floor)));
  const visible = ys => (log ? ys.map(y => (y == null || y <= 0 ? null : y)) : ys);
  for (const table of spec.tables) {
    const block = [table.x];
    for (const line of table.lines) {
      block.push(visible(line.y));
      series.push({line, label: line.label});
      if (line.high) {
        const at = series.length;
        block.push(above(line.high), above(line.low));
        series.push({line, label: line.label, helper: true}, {line, label: line.label, helper: true});
        bands.push({at: [at + 1, at + 2], ink: line.style.ink});
      }
    }
    tables.push(block);
  }
  return {data: uPlot.join(tables), series, bands};
}

function seriesOptions(s) {
  if (s.helper) return {label: s.label, stroke: "transparent", width: 0, points: {show: false}};
  const colour = ink(s.line.style.ink);
  const sparse = s.line.y.filter(y => y != null).length < 25 && !s.line.bars;
  return Object.assign({
    label: s.label, stroke: colour, width: s.line.width, dash: s.line.style.dash,
    alpha: s.line.alpha || 1, points: {show: sparse || s.line.dots, size: 5, fill: colour, stroke: colour},
  }, s.line.bars && {paths: uPlot.paths.stepped({align: 1}), fill: translucent(colour, 0.16)}, s.line.dots && {paths: () => null});
}

function axisOptions(label, extra) {
  const font = "12px " + getComputedStyle(document.body).fontFamily;
  return Object.assign({
    label, font, labelFont: font, stroke: ink("muted"), labelGap: 2, gap: 4,
    grid: {stroke: ink("line"), width: 1}, ticks: {stroke: ink("line"), width: 1, size: 5},
    values: (u, splits) => splits.map(v => (v == null ? "" : format(v))),
  }, extra);
}

// On a logarithmic axis the powers of ten get lines, and 2 and 5 times them
// where there are few.
function decades(u, splits) {
  const {min, max} = u.scales.y, few = Math.log10(max / min) < 3.5;
  const multiples = few ? [1, 2, 5] : [1];
  const round = v => {
    const mantissa = v / 10 ** Math.floor(Math.log10(v) + 1e-9);
    return multiples.some(m => Math.abs(mantissa - m) < 1e-6);
  };
  return splits.map(v => (v > 0 && round(v) ? v : null));
}

// Widths shared with the style sheet, which puts heat maps in line with charts.
const leftGutter = 50, rightGutter = 20, labelWidth = 20;

function chartOptions(spec, log, columns, width) {
  const whole = [columns.data[0][0], columns.data[0][columns.data[0].length - 1]];
  const y = log ? spec.y.decade : spec.y.linear;
  return {
    width, height: spec.height, pxAlign: 0, legend: {show: false}, padding: [10, rightGutter, 0, 0],
    cursor: {
      drag: {x: !spec.group, y: false}, points: {size: (u, i) => (columns.series[i - 1].helper ? 0 : 7)},
      sync: spec.group ? {key: spec.group, setSeries: false} : undefined,
    },
    scales: {
      x: {time: false, range: (u, a, b) => (spec.group || a == null || a === whole[0] && b === whole[1] ? spec.x.linear : [a, b])},
      y: {distr: log ? 3 : 1, range: () => y},
    },
    series: [{}].concat(columns.series.map(seriesOptions)),
    bands: columns.bands.map(b => ({series: b.at, fill: translucent(ink(b.ink), 0.16)})),
    axes: [
      axisOptions(spec.x.label, {size: 30, labelSize: labelWidth, space: 64, grid: {show: false}}),
      axisOptions(spec.y.label, Object.assign({size: leftGutter, labelSize: labelWidth, space: 34}, log && {
        filter: decades,
        grid: {stroke: ink("line"), width: 1, filter: decades}, ticks: {stroke: ink("line"), width: 1, size: 5, filter: decades},
      })),
    ],
    plugins: [annotations(spec), tooltip(spec, columns)],
  };
}

// translucent takes a colour written #rrggbb.
function translucent(colour, alpha) {
  return colour + Math.round(255 * alpha).toString(16).padStart(2, "0");
}

// drawChart makes the chart in its holder; log chooses the scale of y.
function drawChart(holder, spec, log) {
  const c = columns(spec, log);
  return new uPlot(chartOptions(spec, log, c, holder.clientWidth), c.data, holder);
}
