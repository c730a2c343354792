"use strict";

// What is drawn around the curves: shaded ranges, marked lines and their words.

function annotations(spec) {
  const shaded = [
    ...(spec.bands || []).map(b => ({...b, across: false})),
    ...(spec.spans || []).map(s => ({...s, across: true})),
  ];
  return {hooks: {
    drawClear: u => shaded.forEach(s => fillShade(u, s)),
    draw: u => {
      (spec.levels || []).forEach(l => strokeLevel(u, l));
      (spec.marks || []).forEach(m => strokeMark(u, m));
      shaded.forEach((s, i) => labelShade(u, s, shaded[i - 1]));
    },
  }};
}

// shadeBox is a shade in canvas pixels, at least two wide so that one step shows.
function shadeBox(u, s) {
  const {left, top, width, height} = u.bbox;
  const clamp = (v, lo, hi) => Math.min(Math.max(v, lo), hi);
  const place = (v, scale) => u.valToPos(v, scale, true);
  if (s.across) {
    const x0 = s.ends[0] == null ? left : clamp(place(s.ends[0], "x"), left, left + width);
    const x1 = s.ends[1] == null ? left + width : clamp(place(s.ends[1], "x"), left, left + width);
    const w = Math.max(x1 - x0, 3 * uPlot.pxRatio);
    return {x: Math.min(x0, left + width - w), y: top, w, h: height};
  }
  const log = u.scales.y.distr === 3;
  const open = v => v == null || log && v <= 0;
  const low = open(s.ends[0]) ? top + height : clamp(place(s.ends[0], "y"), top, top + height);
  const high = open(s.ends[1]) ? top : clamp(place(s.ends[1], "y"), top, top + height);
  return {x: left, y: high, w: width, h: low - high};
}

function fillShade(u, s) {
  if (s.clear) return;
  const b = shadeBox(u, s);
  u.ctx.save();
  const narrow = s.across && b.w < 8 * uPlot.pxRatio;
  u.ctx.globalAlpha = narrow ? 0.45 : s.ink === "muted" ? 0.08 : 0.13;
  u.ctx.fillStyle = ink(s.ink);
  u.ctx.fillRect(b.x, b.y, b.w, b.h);
  u.ctx.restore();
}

function words(u, text, x, y, name, align) {
  if (!text) return;
  const {ctx} = u;
  ctx.save();
  ctx.font = 11 * uPlot.pxRatio + "px " + getComputedStyle(document.body).fontFamily;
  ctx.textAlign = align;
  ctx.textBaseline = "top";
  ctx.lineWidth = 3 * uPlot.pxRatio;
  ctx.lineJoin = "round";
  ctx.strokeStyle = ink("paper");
  ctx.fillStyle = ink(name);
  ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
  ctx.restore();
}

// labelShade writes inside a shade, or beside it where it is too narrow; not
// twice in a row the same.
function labelShade(u, s, before) {
  if (before && before.label === s.label) return;
  const px = uPlot.pxRatio, b = shadeBox(u, s);
  if (!s.across) {
    const inside = b.h > 18 * px;
    const above = b.y - 15 * px < u.bbox.top ? b.y + b.h + 3 * px : b.y - 15 * px;
    words(u, s.label, b.x + b.w - 6 * px, inside ? b.y + 4 * px : above, s.ink, "right");
    return;
  }
  const atEnd = b.x + b.w / 2 > u.bbox.left + 0.7 * u.bbox.width;
  if (atEnd && b.w < 60 * px) words(u, s.label, b.w < 20 * px ? b.x - 4 * px : b.x + b.w - 4 * px, b.y + 4 * px, s.ink, "right");
  else words(u, s.label, b.x + 5 * px, b.y + 4 * px, s.ink, "left");
}

function strokeDashed(u, x0, y0, x1, y1, name) {
  const {ctx} = u, px = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = ink(name);
  ctx.lineWidth = px;
  ctx.setLineDash([5 * px, 4 * px]);
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
  ctx.restore();
}

function strokeLevel(u, l) {
  const {left, top, width, height} = u.bbox, px = uPlot.pxRatio;
  if (l.at == null || u.scales.y.distr === 3 && l.at <= 0) return;
  const y = u.valToPos(l.at, "y", true);
  if (y < top || y > top + height) return;
  strokeDashed(u, left, y, left + width, y, l.ink);
  words(u, l.label, left + 6 * px, y - 15 * px < top ? y + 4 * px : y - 15 * px, l.ink, "left");
}

function strokeMark(u, m) {
  const {left, top, width, height} = u.bbox, px = uPlot.pxRatio;
  if (m.at == null) return;
  const x = u.valToPos(m.at, "x", true);
  if (x < left || x > left + width + 1) return;
  strokeDashed(u, x, top, x, top + height, m.ink);
  const late = x > left + width / 2;
  words(u, m.label, x + (late ? -5 : 5) * px, top + 4 * px, m.ink, late ? "right" : "left");
}
