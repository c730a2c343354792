"use strict";

// A film shows the frames of a picture in which they stand one above the other,
// each for as long as its time lasts. It plays once by itself when it comes into
// sight; for readers who want less motion it waits at the first frame that shows
// something.
function film(root) {
  const canvas = root.querySelector("canvas"), context = canvas.getContext("2d"), frames = root.querySelector("img");
  const slider = root.querySelector("input"), button = root.querySelector("button"), clock = root.querySelector("output");
  const times = root.dataset.times.split(",").map(Number), labels = root.dataset.labels.split("|");
  const last = times.length - 1, pace = (times[last] - times[0]) / (1000 * root.dataset.seconds);
  let request = 0;

  const draw = () => {
    const {width, height} = canvas;
    if (frames.complete) context.drawImage(frames, 0, slider.value * height, width, height, 0, 0, width, height);
  };
  const show = frame => {
    slider.value = frame;
    slider.setAttribute("aria-valuetext", labels[frame]);
    clock.textContent = labels[frame];
    draw();
  };
  const stop = () => {
    cancelAnimationFrame(request);
    request = 0;
    button.textContent = "play";
  };
  const play = () => {
    const from = slider.value < last ? times[slider.value] : times[0], begun = performance.now();
    const step = now => {
      const time = from + Math.max(now - begun, 0) * pace;
      const next = times.findIndex(t => t > time);
      show(next < 0 ? last : Math.max(next - 1, 0));
      if (next < 0) stop();
      else request = requestAnimationFrame(step);
    };
    button.textContent = "pause";
    request = requestAnimationFrame(step);
  };

  button.addEventListener("click", () => (request ? stop() : play()));
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  frames.addEventListener("load", draw);
  root.hidden = false;
  show(Number(root.dataset.first));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const sight = new IntersectionObserver(entries => {
    if (!entries.some(e => e.isIntersecting)) return;
    sight.disconnect();
    show(0);
    play();
  }, {threshold: 0.6});
  sight.observe(canvas);
}

document.querySelectorAll(".film").forEach(film);
